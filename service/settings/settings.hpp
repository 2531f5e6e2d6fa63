// The service's one settings file, service.toml. Everything has a default but `data`; an unknown key is an error, since
// a misspelt limit would be no limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "service/lims/mllp.hpp"
#include "service/lims/result_message.hpp"

namespace microchim::service {

struct Address {
    std::string host;  ///< "127.0.0.1", "::1", "lis.example.org"
    unsigned short port = 0;
    std::string text() const;  ///< "127.0.0.1:2575", "[::1]:2575"
};

/// PEM files. Empty paths: none.
struct Tls {
    std::filesystem::path certificate, key, ca, crl;
};

struct Peer {
    std::string name;
    std::vector<std::string> addresses;  ///< who may connect
    std::string application, facility;   ///< MSH-3, MSH-4; empty: any
    std::string identity;                ///< subject alternative name of its certificate; empty: not over TLS
    std::filesystem::path folder;        ///< where it leaves orders as files; empty: nowhere
    lims::mllp::Profile profile = lims::mllp::Profile::strict;
    std::optional<lims::Charset> eight_bit;  ///< what it writes where it says nothing
    std::vector<std::string> tests;          ///< OBR-4.1 that it may order; empty: any
};

enum class DestinationKind { mllp, file };

struct Destination {
    std::string name;
    DestinationKind kind = DestinationKind::mllp;
    Address address;
    std::optional<Tls> tls;
    std::filesystem::path folder;
    bool dedupe = true;  ///< knows a message that it has already: an uncertain one is sent again, not held
    int answer_seconds = 30;
    lims::Destination message;
};

struct Listener {
    std::optional<Address> listen;  ///< none: not opened
    std::optional<Tls> tls;
    std::size_t connections = 2000, connections_per_address = 1500;
};

struct Settings {
    std::filesystem::path file;  ///< this file
    std::filesystem::path data;
    std::string instance = "MCH";  ///< begins the MSH-10 of what we send
    std::string application = "MICROCHIM", facility;
    lims::Coded laboratory;  ///< OBX-15, OBX-23

    Listener http, mllp, mllps;
    std::vector<std::string> hosts;  ///< names that a browser may ask for beside the address
    std::size_t message_bytes = std::size_t{16} << 20;

    std::vector<Peer> peers;
    std::vector<Destination> destinations;

    std::filesystem::path inbox;  ///< empty: none is watched
    int settle_seconds = 5;
    std::filesystem::path panel, cases;  ///< for quantify; empty: none

    bool four_eyes = true;
    int retention_days = 90;  ///< messages that came and copies of runs; results are kept
    std::int64_t retention_ms() const { return std::int64_t{retention_days} * 24 * 3600 * 1000; }
    std::uint64_t disk_reserve = std::uint64_t{1} << 30;  ///< bytes; with less left, orders and runs are refused

    /// Of a patient only what some destination wants back is kept at all.
    lims::PatientDetail kept_patient() const;
};

/// \throws ConfigError: which file, line and key, what was found, what is allowed
Settings load_settings(const std::filesystem::path& file);

}  // namespace microchim::service
