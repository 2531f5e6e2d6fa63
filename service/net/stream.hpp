// A connected socket, plain or with TLS, as MLLP needs it: pieces in, whole texts out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "service/net/deadline.hpp"
#include "service/net/tls.hpp"

namespace microchim::net {

class Stream {
public:
    /// \param tls null: plain
    Stream(tcp::socket socket, const TlsContext& tls);

    /// With TLS: the handshake, else nothing. Then the stream is ready.
    asio::awaitable<error_code> handshake(asio::ssl::stream_base::handshake_type side, Milliseconds limit);

    /// The next bytes; empty at the end of the stream or at an error, see error(). They lie in a buffer that all plain
    /// streams share, so they must be used before anything else is awaited: a thousand quiet connections hold none.
    asio::awaitable<std::string_view> read();

    /// Writes all; false where that failed or took longer: then nothing more can be written. What the peer said before
    /// it broke can still be read, unless the time was up.
    asio::awaitable<bool> write(std::string bytes, Milliseconds limit);

    /// After the last write: says that nothing more comes and takes what is still under way, so that closing does not
    /// destroy the last answer on its way, then closes.
    asio::awaitable<void> finish(Milliseconds limit);

    void close();
    bool peer_ended() const;  ///< the peer has closed, and nothing is left to read; looks at the socket itself
    bool open() const { return socket().is_open(); }

    const error_code& error() const { return error_; }  ///< of the last read, write or handshake
    std::size_t written() const { return written_; }    ///< bytes the system took since the stream began; TLS: of text
    SSL* native_tls() { return tls_ ? tls_->native_handle() : nullptr; }
    tcp::socket& socket() { return tls_ ? tls_->next_layer() : plain_; }
    const tcp::socket& socket() const { return tls_ ? tls_->next_layer() : plain_; }
    Deadline& deadline() { return *deadline_; }

private:
    asio::awaitable<std::string_view> read_plain();

    tcp::socket plain_;
    TlsContext context_;
    std::unique_ptr<TlsStream> tls_;
    std::string buffer_;                ///< TLS only: text is decrypted before the reader wakes up
    std::optional<Deadline> deadline_;  ///< after the socket it watches
    error_code error_;
    std::size_t written_ = 0;
    bool more_ = false;  ///< the last read filled its buffer
};

}  // namespace microchim::net
