// "A01",Absolute Quantification,"ABS","P0412-d28",Ch1Unknown,"SRY","OK",1.09,ddPCR Supermix ...,21.8,,,1.9,0.4,9,17514,
#include "core/simulate/quantasoft.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/simulate/vendor.hpp"

namespace microchim::simulate {
namespace {

constexpr const char* header =
    "Well,ExptType,Experiment,Sample,TargetType,Target,Status,Concentration,Supermix,CopiesPer20uLWell,TotalConfMax,"
    "TotalConfMin,PoissonConfMax,PoissonConfMin,Positives,Negatives,Ch1+Ch2+,Ch1+Ch2-,Ch1-Ch2+,Ch1-Ch2-,Linkage,"
    "AcceptedDroplets,CNV,TotalCNVMax,TotalCNVMin,PoissonCNVMax,PoissonCNVMin,ReferenceCopies,UnknownCopies,Ratio,"
    "TotalRatioMax,TotalRatioMin,PoissonRatioMax,PoissonRatioMin,FractionalAbundance,TotalFractionalAbundanceMax,"
    "TotalFractionalAbundanceMin,PoissonFractionalAbundanceMax,PoissonFractionalAbundanceMin,ReferenceAssayNumber,"
    "TargetAssayNumber,Threshold,MeanAmplitudeofPositives,MeanAmplitudeofNegatives,MeanAmplitudeTotal,"
    "ExperimentComments,"
    "MergedWells,TotalConfMax68,TotalConfMin68,PoissonConfMax68,PoissonConfMin68,TotalCNVMax68,TotalCNVMin68,"
    "PoissonCNVMax68,PoissonCNVMin68,TotalRatioMax68,TotalRatioMin68,PoissonRatioMax68,PoissonRatioMin68,"
    "TotalFractionalAbundanceMax68,TotalFractionalAbundanceMin68,PoissonFractionalAbundanceMax68,"
    "PoissonFractionalAbundanceMin68";

/// Droplets by cluster: both, first only, second only, neither.
struct Quadrants {
    std::int64_t both = 0, first = 0, second = 0, neither = 0;
    std::int64_t accepted() const { return both + first + second + neither; }
    std::int64_t positive(int channel) const { return both + (channel == 1 ? first : second); }
};

Quadrants quadrants(const DrawnWell& well) {
    std::array<std::int64_t, 5> of{};
    for (const std::uint8_t code : well.cluster) ++of[code];
    return {of[3], of[2], of[4], of[1]};
}

struct Means {
    double positive = 0, negative = 0, all = 0;  ///< 0 where there is none
};

Means means(const DrawnWell& well, int channel) {
    const auto& amplitudes = channel == 1 ? well.channel1 : well.channel2;
    double sum[2] = {0, 0};
    double count[2] = {0, 0};
    for (std::size_t i = 0; i < amplitudes.size(); ++i) {
        const std::uint8_t code = well.cluster[i];
        const int positive = code == 3 || code == (channel == 1 ? 2 : 4);
        sum[positive] += static_cast<double>(amplitudes[i]);
        count[positive] += 1;
    }
    const auto mean = [](double total, double n) { return n > 0 ? total / n : 0; };
    return {mean(sum[1], count[1]), mean(sum[0], count[0]), mean(sum[0] + sum[1], count[0] + count[1])};
}

/// Copies per microlitre that travel together, as QuantaSoft estimates them; not below 0.
double linkage(const Quadrants& q, double volume_nl) {
    if (q.neither == 0) return 0;
    const auto log_of = [](std::int64_t n) { return std::log(static_cast<double>(n)); };
    const double value =
        log_of(q.neither) + log_of(q.accepted()) - log_of(q.second + q.neither) - log_of(q.first + q.neither);
    return value > 1e-9 ? value / (volume_nl * 1e-3) : 0;  // independent up to rounding
}

/// One row being written; every field ends with a comma, as QuantaSoft's do.
struct Row {
    std::string text;
    Row& bare(const std::string& field) { return text += field + ',', *this; }
    Row& quoted(const std::string& field) { return text += '"' + field + "\",", *this; }
    Row& number(double value, int figures = 3, int most_decimals = 8) {
        return bare(quantasoft_number(value, figures, most_decimals));
    }
    Row& count(std::int64_t value) { return bare(std::to_string(value)); }
    Row& empty(int fields) { return text.append(static_cast<std::size_t>(fields), ','), *this; }
};

std::string row(const DrawnPlate& plate, const DrawnWell& well, int channel) {
    const Plan& plan = plate.plan;
    const Sample& sample = plan.samples[well.sample];
    const Quadrants q = quadrants(well);
    const Printed first = quantasoft_concentration(q.positive(1), q.accepted(), plan.volume_nl);
    const Printed second = quantasoft_concentration(q.positive(2), q.accepted(), plan.volume_nl);
    const Printed& own = channel == 1 ? first : second;
    const Means amplitude = means(well, channel);
    // QuantaSoft leaves ratio and abundance empty in a well where one of the two has no positives.
    const bool paired = q.positive(1) > 0 && q.positive(2) > 0;
    const Printed ratio = paired ? quantasoft_ratio(first, second) : Printed{};
    const Printed share = paired ? quantasoft_abundance(first, second) : Printed{};
    const auto limits = [paired](Row& line, double high, double low, int figures, int most_decimals) {
        paired ? line.number(high, figures, most_decimals).number(low, figures, most_decimals) : line.empty(2);
    };

    Row line;
    line.quoted(well.well.name()).bare("Absolute Quantification").quoted("ABS").quoted(sample.name);
    line.bare((channel == 1 ? "Ch1" : "Ch2") + std::string(sample.type == SampleType::ntc ? "NTC" : "Unknown"));
    line.quoted(channel == 1 ? plan.markers[well.marker].target : plan.reference).quoted("OK");
    line.number(own.value).bare("ddPCR Supermix for Probes (no dUTP)").number(20 * own.value);
    line.empty(2).number(own.high).number(own.low);
    line.count(q.positive(channel)).count(q.accepted() - q.positive(channel));
    line.count(q.both).count(q.first).count(q.second).count(q.neither);
    line.number(linkage(q, plan.volume_nl)).count(q.accepted()).empty(7);
    paired ? line.number(ratio.value) : line.empty(1);
    limits(line.empty(2), ratio.high, ratio.low, 3, 8);
    paired ? line.number(share.value, 4, 2) : line.empty(1);
    limits(line.empty(2), share.high, share.low, 4, 2);
    line.bare("1").bare("1").number(channel == 1 ? plate.thresholds.channel1 : plate.thresholds.channel2);
    line.number(amplitude.positive, 5, 1)
        .number(amplitude.negative, 5, 1)
        .number(amplitude.all, 5, 1)
        .quoted("")
        .empty(1);
    line.empty(2).number(own.high68, 4).number(own.low68, 4).empty(6);
    limits(line, ratio.high68, ratio.low68, 4, 8);
    limits(line.empty(2), share.high68, share.low68, 4, 2);
    return line.text;
}

}  // namespace

std::string quantasoft_table(const DrawnPlate& plate) {
    std::string text = std::string(header) + "\r\n";
    for (const int channel : {1, 2})
        for (const DrawnWell& well : plate.wells) text += row(plate, well, channel) + "\r\n";
    return text;
}

std::string quantasoft_amplitudes(const DrawnWell& well) {
    std::string text = "Ch1 Amplitude,Ch2 Amplitude,Cluster\r\n";
    text.reserve(24 * (well.cluster.size() + 2));
    std::array<char, 64> buffer{};
    const auto number = [&](float value) {
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
        text.append(buffer.data(), end.ptr);
        text += ',';
    };
    for (std::size_t i = 0; i < well.cluster.size(); ++i) {
        number(well.channel1[i]);
        number(well.channel2[i]);
        text += static_cast<char>('0' + well.cluster[i]);
        text += "\r\n";
    }
    return text;
}

std::string quantasoft_amplitude_name(const Plan& plan, const DrawnWell& well) {
    return plan.run + '_' + well.well.name() + "_Amplitude.csv";
}

}  // namespace microchim::simulate
