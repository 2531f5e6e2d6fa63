#include "service/lims/observations.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "service/lims/percent.hpp"
#include "service/lims/segment_writer.hpp"

namespace microchim::lims {
namespace {

const Coded percent_unit{"%", "percent", "UCUM"};

std::optional<double> number(const Json& object, const char* key) {
    const auto& value = object.at(key);
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

Observation observation(const char* type, const std::string& code, const std::string& text, std::string group,
                        std::string value) {
    Observation o;
    o.type = type;
    o.code = {code, text, "99MCHIM"};
    o.group = std::move(group);
    o.value = std::move(value);
    return o;
}

Observation in_percent(const char* type, const std::string& code, const std::string& text, std::string group,
                       std::string value) {
    auto o = observation(type, code, text, std::move(group), std::move(value));
    o.unit = percent_unit;
    return o;
}

/// "95", "99.9"
std::string confidence_of(const Json& donor) {
    auto text = percent(donor.at("confidence").get<double>(), 2);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

/// One donor's line in the interpretation, and all that is said about the donor.
class Donor {
public:
    Donor(const Json& donor, std::string group, bool blocked, std::vector<std::string> reasons)
        : group_(std::move(group)),
          name_(donor.at("donor")),
          call_(donor.at("call")),
          fraction_(number(donor, "fraction")),
          low_(number(donor, "low")),
          high_(number(donor, "high")),
          upper_(number(donor, "upper")),
          lob_(number(donor, "lob")),
          lod_(number(donor, "lod")),
          loq_(number(donor, "loq")),
          reasons_(std::move(reasons)) {
        confidence_ = confidence_of(donor);
        known_ = !blocked && call_ != "not_calculated" && fraction_ && low_ && high_ && upper_;
        detected_ = call_ == "detected" || call_ == "detected_below_loq";
        if (known_) decimals_ = decimals_of(*fraction_, *low_, *high_, lod_);
    }

    bool known() const { return known_; }

    void describe(std::vector<Observation>& out, Content content, bool named) const {
        if (named) out.push_back(observation("ST", "MCH-DONOR", "Donor", group_, escape(name_, Delimiters{})));
        out.push_back(fraction());
        if (known_ && content == Content::full) interval(out);
        if (known_) out.push_back(detection());
        if (!known_)
            out.push_back(
                flagged(observation("CWE", "MCH-RUN-QC", "Run quality control", group_, "FAIL^Fail^99MCHIM")));
        if (content == Content::full) limits(out);
    }

    std::string sentence() const {
        if (!known_) return "No result.";
        if (!detected_)
            return "Donor DNA not detected (" + (lod_ ? "limit of detection " + percent_limit(*lod_) + " %, " : "") +
                   confidence_ + " % upper limit " + percent_at_most(*upper_) + " %).";
        const auto value = [&](double v) { return percent(v, decimals_); };
        return std::string("Donor DNA detected") +
               (call_ == "detected_below_loq" ? ", below the limit of quantification," : "") + " at " +
               value(*fraction_) + " % (" + confidence_ + " % interval " + value(*low_) + " to " + value(*high_) +
               " %).";
    }

private:
    /// What a sample without donor DNA is said to be below; never rounded down.
    std::string below() const { return percent_at_most(lod_.value_or(*upper_)); }

    Observation flagged(Observation o) const {
        o.flag = "A";
        o.missing = !known_;
        return o;
    }

    Observation fraction() const {
        auto o = in_percent("NM", "MCH-DONOR-FRAC", "Donor DNA fraction", group_, "");
        if (!known_) {
            o.missing = true;
            o.notes = reasons_;
            return o;
        }
        if (!detected_) {
            o.type = "SN";
            o.value = "<^" + below();
            o.flag = "<";
            return o;
        }
        o.value = percent(*fraction_, decimals_);
        o.flag = "A";
        if (lod_) o.reference = "<" + percent_limit(*lod_);
        if (call_ == "detected_below_loq") o.notes.push_back("detected, below limit of quantification");
        return o;
    }

    void interval(std::vector<Observation>& out) const {
        if (detected_)
            out.push_back(in_percent("SN", "MCH-CI" + confidence_,
                                     confidence_ + " percent confidence interval of the fraction", group_,
                                     "^" + percent(*low_, decimals_) + "^-^" + percent(*high_, decimals_)));
        else
            out.push_back(in_percent("SN", "MCH-UPPER" + confidence_,
                                     confidence_ + " percent upper limit of the fraction", group_,
                                     "<^" + percent_at_most(*upper_)));
    }

    Observation detection() const {
        auto o = observation("CWE", "MCH-QUAL", "Donor DNA detection", group_,
                             detected_ ? "260373001^Detected^SCT^D^Detected^99MCHIM"
                                       : "260415000^Not detected^SCT^ND^Not detected^99MCHIM");
        o.flag = detected_ ? "A" : "N";
        return o;
    }

    void limits(std::vector<Observation>& out) const {
        const auto limit = [&](const char* code, const char* text, const std::optional<double>& value) {
            if (!value) return;
            out.push_back(in_percent("NM", code, text, group_, percent_limit(*value)));
            out.back().missing = !known_;
        };
        limit("MCH-LOB", "Limit of blank", lob_);
        limit("MCH-LOD", "Limit of detection", lod_);
        limit("MCH-LOQ", "Limit of quantification", loq_);
    }

    std::string group_, name_, call_, confidence_;
    std::optional<double> fraction_, low_, high_, upper_, lob_, lod_, loq_;
    std::vector<std::string> reasons_;
    bool known_ = false, detected_ = false;
    int decimals_ = 0;
};

/// Partitions, or wells of real-time PCR: those have a list of Cq.
Observation looked_at(const Json& marker, const std::string& group, std::optional<std::int64_t> minimum) {
    const auto accepted = marker.at("accepted").get<std::int64_t>();
    const bool real_time = marker.at("cq").is_array();
    auto o = real_time ? observation("NM", "MCH-MK-WELLS", "Wells", group, std::to_string(accepted))
                       : observation("NM", "MCH-MK-PART", "Accepted partitions", group, std::to_string(accepted));
    o.unit = real_time ? Coded{"{wells}", "wells", "UCUM"} : Coded{"{partitions}", "accepted partitions", "UCUM"};
    if (minimum && !real_time) {
        o.reference = ">" + std::to_string(*minimum);
        if (accepted < *minimum) o.flag = "L";
    }
    return o;
}

void describe_marker(std::vector<Observation>& out, const Json& marker, const std::string& group, bool name_donor,
                     const std::string& confidence, std::optional<std::int64_t> minimum) {
    const auto name = marker.at("marker").get<std::string>();
    const bool used = marker.at("used").get<bool>();
    out.push_back(observation("ST", "MCH-MARKER", "Marker name", group, escape(name, Delimiters{})));
    if (name_donor)
        out.push_back(observation("ST", "MCH-DONOR", "Donor", group,
                                  escape(marker.at("donor").get<std::string>(), Delimiters{})));
    const auto fraction = number(marker, "fraction"), low = number(marker, "low"), high = number(marker, "high");
    if (fraction && low && high) {
        const int decimals = decimals_of(*fraction, *low, *high, {});
        out.push_back(in_percent("NM", "MCH-MK-FRAC", "Donor fraction by marker", group, percent(*fraction, decimals)));
        if (!used) out.back().flag = "A";
        out.push_back(in_percent("SN", "MCH-MK-CI" + confidence, confidence + " percent confidence interval by marker",
                                 group, "^" + percent(*low, decimals) + "^-^" + percent(*high, decimals)));
    }
    out.push_back(looked_at(marker, group, minimum));
    auto use =
        observation("CWE", "MCH-MK-USED", "Marker used in the summary", group, used ? "Y^Yes^HL70136" : "N^No^HL70136");
    if (!used) {
        use.flag = "A";
        const auto reason = marker.at("reason").get<std::string>();
        use.notes.push_back(reason.empty() ? "Excluded" : "Excluded: " + reason);
    }
    out.push_back(std::move(use));
}

std::vector<std::string> sentences(const Json& notes, bool trouble_only) {
    std::vector<std::string> out;
    for (const auto& note : notes) {
        if (trouble_only && note.at("severity") == "info") continue;
        const auto where = note.at("where").get<std::string>();
        out.push_back((where.empty() ? "" : where + ": ") + note.at("what").get<std::string>());
    }
    return out;
}

Sample observe_valid(const Json& sample, Content content, std::optional<std::int64_t> minimum) {
    Sample found;
    const auto& donors = sample.at("donors");
    const bool several = donors.size() > 1;
    const bool blocked = sample.at("blocked").get<bool>();
    auto reasons = sentences(sample.at("notes"), true);
    for (auto& reason : reasons) reason.insert(0, "No result: ");
    if (reasons.empty()) reasons.emplace_back("No result: the fraction could not be calculated.");
    std::string interpretation;
    found.no_result = true;
    std::size_t j = 0;
    for (const auto& entry : donors) {
        const Donor donor(entry, several ? "1." + std::to_string(++j) : "1", blocked, reasons);
        donor.describe(found.observations, content, several);
        if (donor.known()) found.no_result = false;
        if (!interpretation.empty()) interpretation += '\n';
        interpretation += (several ? "Donor " + entry.at("donor").get<std::string>() + ": " : "") + donor.sentence();
    }
    if (content == Content::full) {
        found.notes = sentences(sample.at("notes"), false);
        if (!found.no_result) {
            std::size_t n = 0;
            for (const auto& marker : sample.at("markers"))
                describe_marker(found.observations, marker, "2." + std::to_string(++n), several,
                                confidence_of(donors.at(0)), minimum);
        }
    }
    if (!interpretation.empty())
        found.observations.push_back(
            observation("FT", "MCH-INTERP", "Interpretation", "1", escape_formatted(interpretation, Delimiters{})));
    if (!found.observations.empty()) found.observations.back().missing = found.no_result;
    return found;
}

}  // namespace

Sample observe(const Json& sample, Content content, std::optional<std::int64_t> minimum_partitions) {
    try {
        return observe_valid(sample, content, minimum_partitions);
    } catch (const nlohmann::json::exception&) {  // its text may quote the document
        throw std::invalid_argument("a sample is not as microchim/result/1 has it");
    }
}

}  // namespace microchim::lims
