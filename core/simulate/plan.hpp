// What to simulate: who gives DNA, which targets are read, how the plate is filled. The truth is in here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::simulate {

struct Donor {
    std::string id = "D1";
    std::string sex, relation;  ///< words of the case file, or empty
    std::string infused;        ///< ISO 8601 date, or empty
};

/// A target of channel 1, read in duplex with the reference in channel 2.
struct Marker {
    std::string target;
    std::string kind;                  ///< the panel's `class`: "Y", "X", "indel", "snp", "null", "hla"
    std::string chromosome;            ///< or empty
    std::vector<double> donor_copies;  ///< per diploid genome, one entry per donor
    double recipient_copies = 0;       ///< per diploid genome
};

struct Sample {
    std::string name;
    SampleType type = SampleType::unkn;  ///< ntc: no DNA at all
    std::string role = "follow-up";      ///< the case's word: "baseline", "follow-up", "donor", "recipient"
    std::string collected, specimen;     ///< ISO 8601 date, "PB"; or empty
    std::vector<double> fractions;       ///< of each donor; the recipient has the rest. Empty: none
    double lambda = 1.0;                 ///< mean reference copies per partition; 0 in an ntc
    int wells = 1;                       ///< of every marker
};

/// A plate with a known answer. Wells are filled column by column, sample after sample.
struct Plan {
    std::string case_id = "P-0001";
    std::string run = "simulated";  ///< name of the run, and of its files
    std::string panel = "simulated panel";
    std::string recipient_sex;  ///< or empty
    std::vector<Donor> donors;
    std::vector<Marker> markers;
    std::string reference = "RPP30";
    double reference_copies = 2;  ///< per diploid genome
    std::vector<Sample> samples;

    double partitions = 17500;      ///< mean accepted partitions per well
    double partitions_sd = 500;     ///< between wells
    double volume_nl = 0.85;        ///< of one partition; QuantaSoft 1.7.4 prints concentrations with 0.85
    double false_positives = 5e-6;  ///< of a marker, per partition, in every well; they look like copies
    double rain = 0.005;            ///< share of occupied partitions that amplified late
    std::uint64_t seed = 1;
};

/// Diploid genomes in one partition of this sample, on average.
double genomes_per_partition(const Plan& plan, const Sample& sample);

/// \throws ConfigError that says which part of the plan cannot be simulated: fractions outside 0 to 1, more wells
/// than the 96 of a plate, names that do not fit the files.
void check(const Plan& plan);

}  // namespace microchim::simulate
