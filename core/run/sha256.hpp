// The fingerprint of a file or text, by OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace microchim {

/// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The same of what comes in pieces.
class Sha256 {
public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();

    void add(std::string_view bytes);
    std::string hex();  ///< once, at the end

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace microchim
