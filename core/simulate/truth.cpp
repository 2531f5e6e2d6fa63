// What was drawn, added up: to stand beside what is estimated.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/simulate/settings.hpp"

namespace microchim::simulate {
namespace {

struct Sum {
    Copies copies;
    std::int64_t partitions = 0;
    std::vector<std::string> wells;
};

/// Of the wells of one sample, and of one marker or (without) of all.
Sum sum(const DrawnPlate& plate, std::size_t sample, std::optional<std::size_t> marker = {}) {
    Sum all;
    all.copies.donor.assign(plate.plan.donors.size(), 0);
    for (const DrawnWell& well : plate.wells) {
        if (well.sample != sample || (marker && well.marker != *marker)) continue;
        for (std::size_t d = 0; d < all.copies.donor.size(); ++d) all.copies.donor[d] += well.copies.donor[d];
        all.copies.recipient += well.copies.recipient;
        all.copies.reference += well.copies.reference;
        all.copies.false_positives += well.copies.false_positives;
        all.partitions += static_cast<std::int64_t>(well.cluster.size());
        all.wells.push_back(well.well.name());
    }
    return all;
}

double fraction(const Sample& sample, std::size_t donor) {
    return donor < sample.fractions.size() ? sample.fractions[donor] : 0;
}

std::string role(const Sample& sample) {
    return sample.type == SampleType::ntc ? "ntc" : sample.role;
}

std::string number(double value) {
    return nlohmann::json(value).dump();
}

/// Names hold no quotes (check() sees to that), but may hold commas.
std::string cell(const std::string& text) {
    return text.find(',') == std::string::npos ? text : '"' + text + '"';
}

nlohmann::ordered_json marker_truth(const DrawnPlate& plate, std::size_t sample, std::size_t marker) {
    const Sum of = sum(plate, sample, marker);
    nlohmann::ordered_json donors = nlohmann::ordered_json::object();
    for (std::size_t d = 0; d < plate.plan.donors.size(); ++d) donors[plate.plan.donors[d].id] = of.copies.donor[d];
    return {{"marker", plate.plan.markers[marker].target},
            {"wells", of.wells},
            {"partitions", of.partitions},
            {"donor_copies", donors},
            {"recipient_copies", of.copies.recipient},
            {"false_positives", of.copies.false_positives},
            {"reference_copies", of.copies.reference}};
}

}  // namespace

std::string truth_csv(const DrawnPlate& plate) {
    const Plan& plan = plate.plan;
    std::string text = "sample,role,donor,fraction,donor_copies,false_positives,genomes,partitions,wells\n";
    for (std::size_t s = 0; s < plan.samples.size(); ++s) {
        const Sample& sample = plan.samples[s];
        const Sum of = sum(plate, s);
        const std::string start = cell(sample.name) + ',' + role(sample) + ',';
        const double genomes = static_cast<double>(of.copies.reference) / plan.reference_copies;
        const std::string end = std::to_string(of.copies.false_positives) + ',' + number(genomes) + ',' +
                                std::to_string(of.partitions) + ',' + std::to_string(of.wells.size()) + '\n';
        if (sample.type == SampleType::ntc) text += start + ",,," + end;
        else
            for (std::size_t d = 0; d < plan.donors.size(); ++d)
                text += start + cell(plan.donors[d].id) + ',' + number(fraction(sample, d)) + ',' +
                        std::to_string(of.copies.donor[d]) + ',' + end;
    }
    return text;
}

std::string truth_json(const DrawnPlate& plate) {
    const Plan& plan = plate.plan;
    nlohmann::ordered_json samples = nlohmann::ordered_json::array();
    for (std::size_t s = 0; s < plan.samples.size(); ++s) {
        const Sample& sample = plan.samples[s];
        nlohmann::ordered_json donors = nlohmann::ordered_json::array(), markers = nlohmann::ordered_json::array();
        if (sample.type != SampleType::ntc)
            for (std::size_t d = 0; d < plan.donors.size(); ++d)
                donors.push_back({{"donor", plan.donors[d].id}, {"fraction", fraction(sample, d)}});
        for (std::size_t m = 0; m < plan.markers.size(); ++m) markers.push_back(marker_truth(plate, s, m));
        samples.push_back({{"sample", sample.name}, {"role", role(sample)}, {"donors", donors}, {"markers", markers}});
    }
    const nlohmann::ordered_json document{{"schema", "microchim/truth/1"},
                                          {"case", plan.case_id},
                                          {"run", plan.run},
                                          {"seed", plan.seed},
                                          {"false_positives_per_partition", plan.false_positives},
                                          {"rain", plan.rain},
                                          {"reference", plan.reference},
                                          {"reference_copies", plan.reference_copies},
                                          {"samples", samples}};
    return document.dump(2) + '\n';
}

}  // namespace microchim::simulate
