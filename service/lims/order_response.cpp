#include <string_view>

#include "service/lims/order.hpp"

namespace microchim::lims {
namespace {

struct Words {
    std::string_view accepted, unable;  ///< table 0119
};

/// What ORC-1 becomes in the answer.
Words words_for(std::string_view control) {
    if (control == "CA") return {"CR", "UC"};
    if (control == "DC") return {"DR", "UD"};
    if (control == "XO") return {"XR", "UX"};
    return {"OK", "UA"};
}

/// ORC|OK|placer|filler||SC: scheduled, or cancelled.
std::string control_segment(const Segment& orc, bool accepted, char field) {
    const auto words = words_for(orc.field(1));
    const std::string f(1, field);
    const bool alive = accepted && words.accepted == "OK";
    return "ORC" + f + std::string(accepted ? words.accepted : words.unable) + f + std::string(orc.field(2)) + f +
           std::string(orc.field(3)) + f + f + (alive ? "SC" : "CA") + "\r";
}

}  // namespace

std::string respond_to_orders(const Received& request, const std::vector<Decision>& decisions, Acknowledgement code,
                              const Signature& signature, const std::vector<Fault>& faults) {
    const auto& message = request.message;
    const bool law = request.envelope.event == "O33";
    const char field = request.envelope.delimiters.field;
    auto answer = answer_head(request.envelope, law ? "ORL^O34^ORL_O42" : "ORL^O22^ORL_O22", code, signature, faults);
    std::size_t orders = 0;
    for (std::size_t i = 0; i < message.size(); ++i) {
        const auto segment = message[i];
        const auto name = segment.name();
        if (name == "PID") {
            answer += "PID" + std::string(3, field) + std::string(segment.field(3)) + "\r";
        } else if (name == "ORC") {
            const bool accepted = orders < decisions.size() && decisions[orders] == Decision::accepted;
            answer += control_segment(segment, accepted, field);
            ++orders;
        } else if (name == "OBR" || name == "SPM" || name == "TQ1" || (law && name == "SAC")) {
            answer += std::string(segment.text()) + "\r";
        }
    }
    return answer;
}

}  // namespace microchim::lims
