// `microchim estimate`: bare counts or Cq values in, donor fractions out, one JSON object a line.
#include <algorithm>

#include "core/chimerism/fraction.hpp"
#include "core/report/json_values.hpp"
#include "core/run/errors.hpp"

namespace microchim::report {
namespace {

using chimerism::Observation;

[[noreturn]] void fail(const std::string& what) {
    throw ConfigError(what);
}

const Json& need(const Json& object, const char* key, const std::string& where) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) fail(where + "'" + key + "' is missing.");
    return *found;
}

double read_number(const Json& value, const char* key, const std::string& where) {
    if (!value.is_number()) fail(where + "'" + key + "' must be a number, found " + dump(value) + ".");
    return value.get<double>();
}

/// A count of partitions: a whole number that a double holds exactly.
std::int64_t read_count(const Json& object, const char* key, const std::string& where) {
    const double value = read_number(need(object, key, where), key, where);
    if (value != std::floor(value) || value < 0 || value > 9e15)
        fail(where + "'" + key + "' must be a whole number of partitions, found " + dump(object[key]) + ".");
    return static_cast<std::int64_t>(value);
}

double read_or(const Json& object, const char* key, const std::string& where, double otherwise) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? otherwise : read_number(*found, key, where);
}

/// "cq": [33.2, null]; null is no Cq.
std::vector<std::optional<double>> read_cq(const Json& list, const std::string& where) {
    if (!list.is_array()) fail(where + "'cq' must be a list with one Cq a well, null where there is none.");
    std::vector<std::optional<double>> cq;
    for (const auto& value : list) {
        if (value.is_null()) cq.emplace_back();
        else cq.emplace_back(read_number(value, "cq", where));
    }
    return cq;
}

/// The unit of the curve is a copy of the target, or with "unit": "genomes" a genome of the standard's DNA, which
/// carries "copies_per_unit" copies: those of a reference, else 2.
chimerism::CqCurve read_curve(const Json& object, const Observation& observation, std::string where) {
    if (!object.is_object()) fail(where + "'curve' must be an object with 'intercept', 'slope' and 'sd'.");
    where += "curve: ";
    chimerism::CqCurve curve;
    curve.intercept = read_number(need(object, "intercept", where), "intercept", where);
    curve.slope = read_number(need(object, "slope", where), "slope", where);
    curve.sd = read_number(need(object, "sd", where), "sd", where);
    const double intercept_se = read_or(object, "intercept_se", where, 0);
    const double slope_se = read_or(object, "slope_se", where, 0);
    if (!(intercept_se >= 0) || !(slope_se >= 0)) fail(where + "a standard error must not be below 0.");
    curve.intercept_variance = intercept_se * intercept_se;
    curve.slope_variance = slope_se * slope_se;
    curve.covariance = read_or(object, "covariance", where, 0);
    if (const auto df = object.find("df"); df != object.end() && !df->is_null())
        curve.freedom = read_number(*df, "df", where);
    const auto unit = object.find("unit");
    const std::string word = unit == object.end() || unit->is_null() ? "copies"
                             : unit->is_string()                     ? unit->get<std::string>()
                                                                     : std::string();
    if (word != "copies" && word != "genomes")
        fail(where + "'unit' must be \"copies\" or \"genomes\", found " + dump(*unit) + ".");
    const auto& donor = observation.donor;
    const bool reference = std::ranges::all_of(donor, [&](double c) { return c == observation.recipient; });
    const double usual = word == "copies" ? 1 : reference && observation.recipient > 0 ? observation.recipient : 2;
    const double copies = read_or(object, "copies_per_unit", where, usual);
    if (!(copies > 0 && copies <= 1e6)) fail(where + "'copies_per_unit' must be above 0 and up to 1000000.");
    return chimerism::of_copies(curve, copies);
}

chimerism::Blank read_blank(const Json& blank, std::string where, bool real_time) {
    if (!blank.is_object())
        fail(where + (real_time ? "'blank' must be an object with 'cq', or with 'positive' and 'accepted' wells."
                                : "'blank' must be an object with 'positive' and 'accepted'."));
    where += "blank: ";
    if (real_time && blank.contains("cq")) {
        const auto cq = read_cq(blank["cq"], where);
        const auto positive = std::ranges::count_if(cq, [](const auto& value) { return value.has_value(); });
        return {static_cast<double>(positive), static_cast<double>(cq.size())};
    }
    return {static_cast<double>(read_count(blank, "positive", where)),
            static_cast<double>(read_count(blank, "accepted", where))};
}

Observation read_observation(const Json& object, std::size_t index) {
    std::string where = "observation " + std::to_string(index + 1) + ": ";
    if (!object.is_object()) fail(where + "expected an object.");
    Observation out;
    const auto& target = need(object, "target", where);
    if (!target.is_string()) fail(where + "'target' must be a text.");
    out.target = target.get<std::string>();
    where += "target '" + out.target + "': ";
    const bool real_time = object.contains("cq");
    if (real_time) {
        if (object.contains("positive") || object.contains("accepted"))
            fail(where + "give 'cq' or 'positive' and 'accepted', not both; one observation is of one method.");
        out.cq = read_cq(object["cq"], where);
    } else {
        out.positive = read_count(object, "positive", where);
        out.accepted = read_count(object, "accepted", where);
    }
    const auto& donor = need(object, "donor", where);
    if (donor.is_array())
        for (const auto& copies : donor) out.donor.push_back(read_number(copies, "donor", where));
    else out.donor.push_back(read_number(donor, "donor", where));
    out.recipient = read_number(need(object, "recipient", where), "recipient", where);
    if (const auto volume = object.find("volume_nl"); volume != object.end() && !volume->is_null())
        out.volume_nl = read_number(*volume, "volume_nl", where);
    if (real_time) out.curve = read_curve(need(object, "curve", where), out, where);
    if (const auto blank = object.find("blank"); blank != object.end() && !blank->is_null())
        out.blank = read_blank(*blank, where, real_time);
    return out;
}

Json strings(const std::vector<std::string>& texts) {
    auto list = Json::array();
    for (const auto& text : texts) list.push_back(text);
    return list;
}

Json markers_json(const chimerism::Estimate& estimate, bool several) {
    auto list = Json::array();
    for (const auto& marker : estimate.markers) {
        Json row = {{"target", marker.target},
                    {"fraction", number(marker.fraction)},
                    {"low", number(marker.low)},
                    {"high", number(marker.high)}};
        if (several) row["donor"] = marker.donor;
        list.push_back(std::move(row));
    }
    return list;
}

/// One donor: "fraction"; several: "fractions", and so on for every field.
template <class Value>
void put(Json& out, const char* one, const char* many, const chimerism::Estimate& estimate, bool several, Value value) {
    if (!several) {
        out[one] = value(estimate.donors.front());
        return;
    }
    auto list = Json::array();
    for (const auto& donor : estimate.donors) list.push_back(value(donor));
    out[many] = list;
}

Json estimate_json(const Json& id, const chimerism::Estimate& estimate, bool several) {
    using Donor = chimerism::DonorEstimate;
    Json out = {{"id", id}};
    const auto field = [&](const char* one, const char* many, auto value) {
        put(out, one, many, estimate, several, value);
    };
    field("fraction", "fractions", [](const Donor& d) { return number(d.fraction); });
    field("low", "lows", [](const Donor& d) { return number(d.low); });
    field("high", "highs", [](const Donor& d) { return number(d.high); });
    field("upper", "uppers", [](const Donor& d) { return number(d.upper); });
    field("call", "calls", [](const Donor& d) { return Json(to_string(d.call)); });
    field("p_value", "p_values", [](const Donor& d) { return number(d.p_value); });
    field("lob", "lobs", [](const Donor& d) { return maybe(d.lob); });
    field("lod", "lods", [](const Donor& d) { return maybe(d.lod); });
    field("loq", "loqs", [](const Donor& d) { return maybe(d.loq); });
    out["genomes"] = number(estimate.genomes);
    out["markers"] = markers_json(estimate, several);
    const auto& spread = estimate.heterogeneity;
    out["heterogeneity"] =
        spread ? Json{{"q", number(spread->q)}, {"p", number(spread->p)}, {"tau", number(spread->tau)}} : Json(nullptr);
    out["notes"] = strings(estimate.notes);
    return out;
}

Json answer(const Json& line) {
    if (!line.is_object()) fail("expected one JSON object a line.");
    const auto& list = need(line, "observations", "");
    if (!list.is_array()) fail("'observations' must be a list.");
    std::vector<Observation> observations;
    bool several = false;
    for (const auto& item : list) {
        observations.push_back(read_observation(item, observations.size()));
        several = several || item["donor"].is_array();
    }
    chimerism::Settings settings;
    if (const auto value = line.find("confidence"); value != line.end() && !value->is_null())
        settings.confidence = read_number(*value, "confidence", "");
    if (!(settings.confidence >= 0.5 && settings.confidence <= 0.9999))
        fail("'confidence' must lie between 0.5 and 0.9999.");
    return estimate_json(line.value("id", Json(nullptr)), chimerism::estimate(observations, settings), several);
}

}  // namespace

std::string answer_estimate(std::string_view line) {
    Json id = nullptr;
    try {
        // Deep nesting would exhaust the stack when it is answered; no sample has more than four levels.
        const auto shallow = [](int depth, Json::parse_event_t, Json&) {
            if (depth > 32) fail("the line is nested more than 32 levels deep.");
            return true;
        };
        const auto parsed = Json::parse(line, shallow);
        if (parsed.is_object()) id = parsed.value("id", Json(nullptr));
        return dump(answer(parsed));
    } catch (const Json::parse_error& error) {
        return dump({{"id", id}, {"error", "not valid JSON, near character " + std::to_string(error.byte) + "."}});
    } catch (const Json::exception&) {
        return dump({{"id", id}, {"error", "a value is out of range or of the wrong type."}});
    } catch (const ConfigError& error) {
        return dump({{"id", id}, {"error", error.what()}});
    } catch (const std::exception& error) {
        return dump({{"id", id}, {"error", std::string("internal error: ") + error.what() + "."}});
    }
}

}  // namespace microchim::report
