#include "service/settings/settings.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/chimerism/toml_table.hpp"
#include "core/run/errors.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace {

using chimerism::TomlTable;

/// Reads one file; paths in it are relative to it.
class Reader {
public:
    explicit Reader(const fs::path& file) : folder_(fs::absolute(file).parent_path()) {}

    fs::path path(TomlTable& table, std::string_view key) const {
        const auto text = table.text(key);
        return text.empty() ? fs::path{} : (folder_ / text).lexically_normal();
    }

    std::optional<Tls> tls(TomlTable& table, bool server) const {
        auto found = table.table("tls");
        if (!found) return std::nullopt;
        Tls tls{path(*found, "certificate"), path(*found, "key"), path(*found, "ca"), path(*found, "crl")};
        found->finish(true);
        if (tls.certificate.empty() != tls.key.empty()) found->fail("certificate", "and 'key' come together.");
        if (server && tls.certificate.empty()) found->fail("certificate", "is missing.");
        if (!server && tls.ca.empty())
            found->fail("ca", "is missing.", "Name the file with the certificates that the other side is trusted by.");
        return tls;
    }

private:
    fs::path folder_;
};

bool flag(TomlTable& table, std::string_view key, bool otherwise) {
    return table.flag(key).value_or(otherwise);
}

template <class Integer>
void whole(TomlTable& table, std::string_view key, double low, double high, Integer& value) {
    if (const auto found = table.number(key, low, high)) value = static_cast<Integer>(*found);
}

Address address(TomlTable& table, std::string_view key, bool any_port) {
    const auto text = table.required_text(key);
    const auto colon = text.rfind(':');
    Address address;
    if (colon != std::string::npos) {
        address.host = text.substr(0, colon);
        if (address.host.starts_with('[') && address.host.ends_with(']'))
            address.host = address.host.substr(1, address.host.size() - 2);
        const auto* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
        if (error == std::errc() && stop == end && !address.host.empty() && (address.port > 0 || any_port))
            return address;
    }
    table.fail(key, "is '" + text + "', expected a host and a port such as 127.0.0.1:2575.");
}

bool loopback(const Address& address) {
    return address.host == "localhost" || address.host == "::1" || address.host.starts_with("127.");
}

lims::Charset charset(TomlTable& table, std::string_view key, lims::Charset otherwise) {
    const auto text = table.text(key);
    if (text.empty()) return otherwise;
    const auto found = lims::charset_of(text);
    if (!found) table.fail(key, "is '" + text + "'.", "Use one of UNICODE UTF-8, 8859/1, 8859/9, 8859/15, ASCII.");
    return *found;
}

lims::Ask ask(TomlTable& table, std::string_view key) {
    const auto text = table.text(key);
    const auto found = lims::ask_of(text);
    if (!text.empty() && found == lims::Ask::absent)
        table.fail(key, "is '" + text + "'.", "Use one of AL, NE, ER, SU, or leave it out.");
    return found;
}

/// One of some words; the first is the default.
std::size_t word(TomlTable& table, std::string_view key, const std::vector<std::string>& words) {
    const auto text = table.text(key);
    if (text.empty()) return 0;
    const auto found = std::find(words.begin(), words.end(), text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    std::string all;
    for (const auto& one : words) all += (all.empty() ? "" : ", ") + one;
    table.fail(key, "is '" + text + "'.", "Use one of " + all + ".");
}

Listener listener(TomlTable& table, const Reader& read, bool secure) {
    Listener listener;
    listener.listen = address(table, "listen", true);
    if (secure) listener.tls = read.tls(table, true);
    whole(table, "connections", 1, 100'000, listener.connections);
    whole(table, "connections_per_address", 1, 100'000, listener.connections_per_address);
    return listener;
}

void listeners(TomlTable& top, const Reader& read, Settings& settings) {
    // Nobody from outside reaches what listens on loopback.
    settings.http.listen = Address{"127.0.0.1", 8443};
    settings.mllp.listen = Address{"127.0.0.1", 2575};
    if (auto table = top.table("http")) {
        settings.http = listener(*table, read, true);
        settings.hosts = table->texts("hosts");
        table->finish(true);
    }
    if (auto table = top.table("mllp")) {
        settings.mllp = listener(*table, read, false);
        whole(*table, "message_bytes", 1024, 1e9, settings.message_bytes);
        if (!flag(*table, "allow_plain_mllp_on_network", false) && !loopback(*settings.mllp.listen))
            table->fail("listen", "is not on this machine, and MLLP without TLS says everything to everybody.",
                        "Use [mllps], or say allow_plain_mllp_on_network = true.");
        table->finish(true);
    }
    if (auto table = top.table("mllps")) {
        settings.mllps = listener(*table, read, true);
        if (!settings.mllps.tls || settings.mllps.tls->ca.empty())
            table->fail("tls", "with 'certificate', 'key' and 'ca' is missing.",
                        "'ca' names the file with the certificates that peers' certificates are trusted by.");
        table->finish(true);
    }
}

Peer peer(TomlTable& table, const Reader& read) {
    Peer peer;
    peer.name = table.required_text("name");
    peer.addresses = table.texts("address");
    peer.application = table.text("application");
    peer.facility = table.text("facility");
    peer.identity = table.text("identity");
    peer.folder = read.path(table, "folder");
    peer.profile = word(table, "profile", {"strict", "tolerant"}) == 0 ? lims::mllp::Profile::strict
                                                                       : lims::mllp::Profile::tolerant;
    if (!table.text("charset").empty()) peer.eight_bit = charset(table, "charset", lims::Charset::latin1);
    peer.tests = table.texts("tests");
    table.finish(true);
    if (peer.addresses.empty() && peer.identity.empty() && peer.folder.empty())
        table.fail(
            "address", "is missing.",
            "Say who may connect: address = [\"192.0.2.7\"], or the name in its certificate: identity = \"...\", or "
            "where it leaves files: folder = \"...\"");
    return peer;
}

Destination destination(TomlTable& table, const Reader& read, const Settings& settings) {
    Destination to;
    to.name = table.required_text("name");
    to.kind = word(table, "kind", {"mllp", "file"}) == 0 ? DestinationKind::mllp : DestinationKind::file;
    if (to.kind == DestinationKind::mllp) to.address = address(table, "address", false);
    else to.folder = read.path(table, "folder");
    if (to.kind == DestinationKind::file && to.folder.empty()) table.fail("folder", "is missing.");
    to.tls = read.tls(table, false);
    to.dedupe = flag(table, "dedupe", true);
    whole(table, "answer_seconds", 1, 3600, to.answer_seconds);
    to.message.our_application = settings.application;
    to.message.our_facility = settings.facility;
    to.message.application = table.text("application");
    to.message.facility = table.text("facility");
    to.message.accept = ask(table, "accept_acknowledgement");
    to.message.answer = ask(table, "application_acknowledgement");
    to.message.charset = charset(table, "charset", lims::Charset::utf8);
    to.message.content = word(table, "content", {"full", "lean"}) == 0 ? lims::Content::full : lims::Content::lean;
    constexpr lims::PatientDetail details[] = {lims::PatientDetail::identifier, lims::PatientDetail::none,
                                               lims::PatientDetail::full};
    to.message.patient = details[word(table, "patient", {"id", "none", "full"})];
    table.finish(true);
    return to;
}

void check_names(const Settings& settings, const TomlTable& top) {
    std::set<std::string> peers, destinations;
    for (const auto& peer : settings.peers)
        if (!peers.insert(peer.name).second) top.fail(nullptr, "two peers are named '" + peer.name + "'.");
    for (const auto& to : settings.destinations)
        if (!destinations.insert(to.name).second) top.fail(nullptr, "two destinations are named '" + to.name + "'.");
}

}  // namespace

std::string Address::text() const {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

lims::PatientDetail Settings::kept_patient() const {
    auto most = lims::PatientDetail::none;
    for (const auto& to : destinations) most = std::max(most, to.message.patient);
    return most;
}

Settings load_settings(const fs::path& file) {
    const auto document = chimerism::parse_toml(chimerism::read_settings(file.string()), file.string());
    std::vector<std::string> ignored;
    TomlTable top(document, file.string(), {}, ignored);
    const Reader read(file);
    Settings settings;
    settings.file = file;
    settings.data = read.path(top, "data");
    if (settings.data.empty()) top.required_text("data");
    if (const auto text = top.text("instance"); !text.empty()) settings.instance = text;
    lims::control_id(settings.instance, 1);  // says what is wrong with the name
    if (const auto text = top.text("application"); !text.empty()) settings.application = text;
    settings.facility = top.text("facility");
    whole(top, "retention_days", 1, 36'500, settings.retention_days);
    if (const auto mebibytes = top.number("disk_reserve_mib", 0, 1e6))
        settings.disk_reserve = static_cast<std::uint64_t>(*mebibytes) << 20;
    if (auto table = top.table("laboratory")) {
        settings.laboratory = {table->text("code"), table->text("name"), table->text("system")};
        table->finish(true);
    }
    listeners(top, read, settings);
    for (auto& table : top.tables("peer")) settings.peers.push_back(peer(table, read));
    for (auto& table : top.tables("destination")) settings.destinations.push_back(destination(table, read, settings));
    if (auto table = top.table("inbox")) {
        settings.inbox = read.path(*table, "folder");
        whole(*table, "settle_seconds", 0, 3600, settings.settle_seconds);
        table->finish(true);
    }
    if (auto table = top.table("quantify")) {
        settings.panel = read.path(*table, "panel");
        settings.cases = read.path(*table, "cases");
        table->finish(true);
    }
    if (auto table = top.table("review")) {
        settings.four_eyes = flag(*table, "four_eyes", true);
        table->finish(true);
    }
    check_names(settings, top);
    top.finish(true);
    return settings;
}

}  // namespace microchim::service
