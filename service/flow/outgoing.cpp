#include "service/flow/outgoing.hpp"

#include <nlohmann/json.hpp>

#include "service/drop/csv.hpp"
#include "service/drop/files.hpp"
#include "service/flow/clock.hpp"
#include "service/flow/order_book.hpp"
#include "service/flow/result_files.hpp"
#include "service/lims/result_message.hpp"
#include "service/store/counters.hpp"
#include "service/store/outbox.hpp"
#include "service/store/store.hpp"

namespace microchim::service {
namespace {

using Json = nlohmann::ordered_json;

/// MSH-10 of the version before, as this destination got it; empty where it got none.
std::string replaced(store::Database& db, const std::string& destination, const store::StoredResult& result) {
    auto rows =
        db.query("SELECT ctrl FROM outbox WHERE dest=? AND result_id=? AND version<? ORDER BY version DESC LIMIT 1",
                 destination, result.id, result.version);
    return rows.next() ? rows.text(0) : std::string{};
}

lims::Report report_of(store::Database& db, const Settings& settings, const Destination& to,
                       const store::StoredResult& result, const Signer& signer) {
    const auto order = order_answered(db, result);
    const auto document = order ? order->document : std::string{};
    const auto asked = order_of(document);
    lims::Report report;
    report.control_id =
        lims::control_id(settings.instance, static_cast<std::uint64_t>(store::next_number(db, "message")));
    report.time = report.reported = hl7_time(store::now_ms());
    report.analysed = hl7_time(result.created_at);
    report.replaces = replaced(db, to.name, result);
    report.status = report.replaces.empty() ? lims::Status::final : lims::Status::corrected;
    report.reason = result.version > 1 ? result.reason : std::string{};
    report.patient = patient_of(document);
    report.placer = asked.placer;
    report.placer_authority = asked.placer_authority;
    report.accession = result.accession;
    report.accession_authority = settings.application;
    report.panel = asked.test.code.empty() ? lims::Coded{"MCHIM-PANEL", "Microchimerism panel", "99MCHIM"} : asked.test;
    report.orderer.id = asked.orderer;
    report.reviewer = {signer.id, signer.name, {}, {}};
    report.technician.id = result.imported_by;
    if (asked.specimen) report.specimen = asked.specimen->type;
    report.collected =
        asked.specimen && !asked.specimen->collected.empty() ? asked.specimen->collected : asked.collected;
    report.laboratory = settings.laboratory;
    return report;
}

std::string files_of(const store::StoredResult& result, const lims::Report& report, const Json& document,
                     const std::string& message) {
    const bool corrected = report.status == lims::Status::corrected;
    const drop::About about{result.id, result.version, corrected ? "corrected" : "final", result.accession,
                            report.placer};
    const auto id = result.id + "-" + std::to_string(result.version);
    const Json files{
        {"name", drop::file_name(result.accession, id)},
        {"files",
         {{"csv", drop::result_csv(document, std::nullopt, about)}, {"hl7", message}, {"json", result.document}}}};
    return files.dump();
}

}  // namespace

std::optional<store::StoredOrder> order_answered(store::Database& db, const store::StoredResult& result) {
    if (result.lab_order) {
        auto order = store::order(db, result.lab_order);
        if (order && order->state != "cancelled") return order;
    }
    return store::order_of_accession(db, result.accession);
}

void enqueue_result(store::Database& db, const Settings& settings, const Destination& to,
                    const store::StoredResult& result, const Signer& signer) {
    const auto document = Json::parse(result.document);
    const auto report = report_of(db, settings, to, result, signer);
    auto target = to.message;
    if (to.kind == DestinationKind::file) target.charset = lims::Charset::utf8;
    const auto message = lims::result_message(document, 0, report, target);
    const auto body = !message                           ? std::string{}
                      : to.kind == DestinationKind::file ? files_of(result, report, document, *message)
                                                         : *message;
    const auto id = store::enqueue(db, {to.name, result.id, result.version, result.accession, report.control_id, body});
    if (message) return;
    store::settle(db, id, {.state = "dead", .code = "", .error = "E_CHARSET"});
    store::add_trouble(db, {.peer = to.name, .code = "E_CHARSET", .detail = result.id});
}

void write_result_files(const std::filesystem::path& folder, const std::string& body) {
    const auto packet = Json::parse(body);
    std::vector<drop::File> files;
    for (const auto& [extension, content] : packet.at("files").items())
        files.push_back({extension, content.get<std::string>()});
    drop::write_result_files(folder, packet.at("name").get<std::string>(), files);
}

}  // namespace microchim::service
