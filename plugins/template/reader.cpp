// Acme DropCount 2 (an invented program; copy this folder to begin a reader).
//
//   Acme DropCount;2.1
//   Instrument;DC-1
//   Serial number;0042
//
//   Well;Sample;Type;Target;Channel;Accepted;Positive;Threshold;Conc. [cp/µL]
//   A1;patient 7;Unknown;SRY;1;18123;12;3000;0.78
//
// A lone file, or a folder that holds it together with one table per well, droplets_A1.csv:
//
//   Channel 1;Channel 2
//   812.1;950.4
#include <array>

#include "microchim/table.hpp"

using namespace microchim::reader;

namespace {

constexpr std::string_view first_words = "Acme DropCount;";

/// The file with the results: the one that begins with the program's name.
std::optional<std::size_t> results(const Bundle& bundle) {
    for (std::size_t i = 0; i < bundle.size(); ++i)
        if (utf8(bundle.bytes(i).substr(0, 64)).starts_with(first_words)) return i;
    return std::nullopt;
}

/// "Instrument;DC-1" -> "DC-1"; empty where the text has no such line.
std::string_view preamble(std::string_view text, std::string_view key) {
    const auto line = text.find(key);
    if (line == text.npos) return {};
    const auto begin = line + key.size();
    return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

std::int32_t sample_type(const Table& table, std::size_t row, std::size_t column) {
    struct Word {
        std::string_view written;
        std::int32_t type;
    };
    static constexpr std::array words{Word{"Unknown", MICROCHIM_UNKN}, Word{"NTC", MICROCHIM_NTC},
                                      Word{"Positive", MICROCHIM_POS}, Word{"", MICROCHIM_UNKN}};
    for (const auto& word : words)
        if (word.written == table.cell(row, column)) return word.type;
    throw FormatError(table.where(row, column),
                      "there is no sample type '" + std::string(table.cell(row, column)) + "'");
}

void report_results(const Table& table, const Sink& sink) {
    // A column is required where the result would be wrong without it, and looked for where it is nice to have.
    const auto well = table.require({"Well"}), sample = table.require({"Sample", "Sample name"});
    const auto type = table.require({"Type"}), target = table.require({"Target"});
    const auto accepted = table.require({"Accepted"}), positive = table.require({"Positive"});
    const auto channel = table.find({"Channel"}), threshold = table.find({"Threshold"});
    const auto concentration = table.find({"Conc. [cp/uL]"});
    const auto number = [&](std::size_t row, std::optional<std::size_t> column) {
        return column ? table.number<double>(row, *column).value_or(not_stated) : not_stated;
    };
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto name = text(table.cell(row, well));
        sink.react({name, text(table.cell(row, sample)), sample_type(table, row, type), not_stated, not_stated});
        microchim_counts counts{};
        counts.well = name;
        counts.target = text(table.cell(row, target));
        if (channel) counts.channel = text(table.cell(row, *channel));
        counts.accepted = table.number<std::int64_t>(row, accepted).value_or(-1);
        counts.positive = table.number<std::int64_t>(row, positive).value_or(-1);
        counts.excluded = -1;
        counts.threshold = number(row, threshold);
        counts.volume_nl = counts.low = counts.high = not_stated;  // this program does not say
        counts.copies_per_ul = number(row, concentration);
        sink.counts(counts);
    }
}

void report_droplets(const Table& table, std::string_view well, const Sink& sink) {
    std::vector<std::vector<float>> columns(table.header().size());
    std::vector<microchim_channel> channels;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        for (std::size_t row = 0; row < table.size(); ++row) {
            const auto value = table.number<float>(row, c);
            if (!value) throw FormatError(table.where(row, c), "a droplet without a reading");
            columns[c].push_back(*value);
        }
        channels.push_back({text(table.header()[c]), {}, not_stated, columns[c].data(), nullptr});
    }
    sink.partitions({text(well), table.size(), channels.size(), channels.data(), -1, not_stated});
}

struct AcmeDropCount {
    static constexpr const char* id = "acme-dropcount";
    static constexpr const char* name = "Acme DropCount";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "draft";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        if (!results(bundle)) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", "the first line names the program");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto main = results(bundle);
        if (!main) throw FormatError(std::string(bundle.name(0)), "expected 'Acme DropCount' in the first line");
        const auto content = utf8(bundle.bytes(*main));
        microchim_run run{};
        run.instrument = text(preamble(content, "\nInstrument;"));
        run.serial_number = text(preamble(content, "\nSerial number;"));
        run.software = text("Acme DropCount");
        run.software_version = text(preamble(content, first_words));
        sink.run(run);
        report_results(Table(std::string(bundle.name(*main)), content, ';', 4), sink);

        for (std::size_t i = 0; i < bundle.size(); ++i) {
            auto well = bundle.name(i);
            if (const auto slash = well.rfind('/'); slash != well.npos) well.remove_prefix(slash + 1);
            if (i == *main || !well.starts_with("droplets_") || !well.ends_with(".csv")) continue;
            well.remove_prefix(9);
            well.remove_suffix(4);
            report_droplets(Table(std::string(bundle.name(i)), utf8(bundle.bytes(i)), ';'), well, sink);
        }
    }
};

}  // namespace

MICROCHIM_READER(AcmeDropCount);
