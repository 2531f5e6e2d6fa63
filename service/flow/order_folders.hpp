// Orders as files, for a LIMS without a socket: each *.hl7 in a peer's folder is a message of that peer, taken like one
// that came over MLLP. The files are read and nothing else; the same file again is the same message, and stored once.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "service/flow/reception.hpp"

namespace microchim::service {

class OrderFolders {
public:
    OrderFolders(Reception& reception, store::Store& store, const Settings& settings);
    ~OrderFolders();

private:
    struct Watched;
    void serve(std::stop_token stop);
    void look(Watched& watched);
    /// \returns why a file is no order of ours; empty: it is stored. "207": not now
    std::string take(const Watched& watched, const std::string& message);
    void tell(const Watched& watched, const std::string& sentence);

    Reception& reception_;
    store::Store& store_;
    const Settings& settings_;
    std::vector<std::unique_ptr<Watched>> folders_;
    std::jthread thread_;
};

}  // namespace microchim::service
