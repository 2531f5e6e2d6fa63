#include "service/lims/order.hpp"

#include <utility>

namespace microchim::lims {
namespace {

/// One pass over the segments. In OML^O33 a specimen stands before its orders, else behind them.
class OrderReader {
public:
    OrderReader(const Received& received, PatientDetail detail)
        : received_(received), detail_(detail), specimen_first_(received.envelope.event == "O33") {}

    Orders run() {
        const auto& message = received_.message;
        for (std::size_t i = 0; i < message.size(); ++i) take(message[i]);
        check();
        return std::move(found_);
    }

private:
    std::string text(const Segment& s, std::size_t field, std::size_t component = 1, std::size_t sub = 0) const {
        const auto raw = s.raw(field, component, 1, sub);
        if (raw.empty() || deletes(raw)) return "";
        return to_utf8(unescape(raw, received_.message.delimiters()), received_.charset).value_or("");
    }
    Statement statement(const Segment& s, std::size_t field, std::size_t component = 1) const {
        return {deletes(s.raw(field, component)), text(s, field, component)};
    }
    Coded coded(const Segment& s, std::size_t field) const {
        return {text(s, field, 1), text(s, field, 2), text(s, field, 3)};
    }
    void fault(ErrorCode code, Location at, const char* words) {
        found_.faults.push_back({code, std::move(at), words, false});
    }

    void take(const Segment& s) {
        const auto name = s.name();
        if (name == "PID") patient(s);
        if (name == "SPM") specimen(s);
        if (name == "SAC") container(s);
        if (name == "ORC") control(s);
        if (name == "OBR") request(s);
        if (name == "TQ1" && !found_.orders.empty()) found_.orders.back().priority = text(s, 9);
    }

    void patient(const Segment& s) {
        ++patients_;
        if (detail_ == PatientDetail::none) return;
        auto& p = found_.patient;
        p.identifier = text(s, 3, 1);
        p.authority = text(s, 3, 4);
        if (p.identifier.empty())
            fault(ErrorCode::required_field_missing, {"PID", 1, 3, 1, 1}, "PID-3 has no identifier.");
        if (detail_ != PatientDetail::full) return;
        p.family_name = {deletes(s.raw(5)), text(s, 5, 1, 1)};
        p.given_name = statement(s, 5, 2);
        p.birth = statement(s, 7);
        p.sex = statement(s, 8);
    }

    void specimen(const Segment& s) {
        Specimen found;
        found.identifier = text(s, 2, 1, 1);
        if (found.identifier.empty()) found.identifier = text(s, 2, 2, 1);
        found.type = coded(s, 4);
        found.role = text(s, 11);
        found.collected = text(s, 17);
        found.segment = ++specimens_;
        if (specimen_first_) {
            specimen_ = found;
        } else if (!found_.orders.empty() && !found_.orders.back().specimen) {
            found_.orders.back().specimen = found;
        }
    }

    void container(const Segment& s) {
        auto* specimen = specimen_first_ && specimen_                              ? &*specimen_
                         : !found_.orders.empty() && found_.orders.back().specimen ? &*found_.orders.back().specimen
                                                                                   : nullptr;
        if (!specimen) return;
        specimen->container = text(s, 3);
        if (specimen->identifier.empty()) specimen->identifier = specimen->container;
    }

    void control(const Segment& s) {
        static constexpr std::pair<const char*, Control> words[] = {{"NW", Control::new_order},
                                                                    {"CA", Control::cancel},
                                                                    {"DC", Control::discontinue},
                                                                    {"XO", Control::change},
                                                                    {"SC", Control::status}};
        Order order;
        order.segment = found_.orders.size() + 1;
        const auto word = text(s, 1);
        const auto* match = std::begin(words);
        while (match != std::end(words) && word != match->first) ++match;
        if (match != std::end(words)) order.control = match->second;
        else
            fault(word.empty() ? ErrorCode::required_field_missing : ErrorCode::table_value_not_found,
                  {"ORC", order.segment, 1}, "ORC-1: expected NW, CA, DC, XO or SC.");
        order.placer = text(s, 2, 1);
        order.placer_authority = text(s, 2, 2);
        order.filler = text(s, 3, 1);
        order.group = text(s, 4, 1);
        order.ordered = text(s, 9);
        order.orderer = text(s, 12, 1);
        if (specimen_first_) order.specimen = specimen_;
        found_.orders.push_back(std::move(order));
        described_ = false;
    }

    void request(const Segment& s) {
        ++requests_;
        if (found_.orders.empty() || described_)
            return fault(ErrorCode::segment_sequence, {"OBR", requests_}, "An OBR without its own ORC.");
        described_ = true;
        auto& order = found_.orders.back();
        const auto placer = text(s, 2, 1);
        if (!placer.empty() && !order.placer.empty() && placer != order.placer)
            fault(ErrorCode::data_type, {"OBR", requests_, 2}, "ORC-2 and OBR-2 name different orders.");
        if (order.placer.empty()) {
            order.placer = placer;
            order.placer_authority = text(s, 2, 2);
        }
        if (order.filler.empty()) order.filler = text(s, 3, 1);
        order.test = coded(s, 4);
        order.collected = text(s, 7);
        order.clinical = statement(s, 13);
        if (order.orderer.empty()) order.orderer = text(s, 16, 1);
    }

    void check() {
        if (patients_ == 0 && detail_ != PatientDetail::none)
            fault(ErrorCode::segment_sequence, {"PID"}, "The order has no PID.");
        if (patients_ > 1) fault(ErrorCode::segment_sequence, {"PID", 2}, "One message, one patient.");
        if (found_.orders.empty()) fault(ErrorCode::segment_sequence, {"ORC"}, "The message has no order.");
        for (const auto& order : found_.orders) {
            // DC without more is LAW's "no work for this specimen".
            if (order.placer.empty() && order.control != Control::discontinue)
                fault(ErrorCode::required_field_missing, {"ORC", order.segment, 2}, "The order has no placer number.");
            if (order.control == Control::new_order && order.test.code.empty())
                fault(ErrorCode::required_field_missing, {"OBR", order.segment, 4}, "OBR-4 names no test.");
        }
    }

    const Received& received_;
    PatientDetail detail_;
    bool specimen_first_, described_ = false;
    Orders found_;
    std::optional<Specimen> specimen_;
    std::size_t patients_ = 0, specimens_ = 0, requests_ = 0;
};

}  // namespace

Orders read_orders(const Received& received, PatientDetail detail) {
    return OrderReader(received, detail).run();
}

}  // namespace microchim::lims
