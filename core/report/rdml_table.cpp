#include "core/report/rdml_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace microchim::report {

Scores score(const Channel& channel) {
    const auto of = [&](std::uint8_t call) {
        return std::count(channel.positive.begin(), channel.positive.end(), call);
    };
    if (channel.positive.empty()) return {0, 0, static_cast<std::int64_t>(channel.fluorescence.size())};
    return {of(1), of(0), of(2)};
}

std::string partition_table(const std::vector<Measured>& well) {
    constexpr std::array letters{'n', 'p', 'u'};
    std::vector<const Channel*> channels;
    std::string text;
    for (const auto& one : well) {
        if (!one.partitions || one.partitions->fluorescence.empty()) continue;
        channels.push_back(one.partitions);
        text += (text.empty() ? "" : "\t") + one.target + "\t" + one.target;
    }
    if (channels.empty()) return {};
    text += '\n';
    const auto rows = channels.front()->fluorescence.size();
    text.reserve(text.size() + rows * channels.size() * 14);
    std::array<char, 32> digits{};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t c = 0; c < channels.size(); ++c) {
            const auto& [name, target, threshold, fluorescence, positive] = *channels[c];
            text.append(digits.data(),
                        std::to_chars(digits.data(), digits.data() + digits.size(), fluorescence[row]).ptr);
            text += '\t';
            text += positive.empty() ? 'u' : letters.at(positive[row]);
            text += c + 1 < channels.size() ? '\t' : '\n';
        }
    return text;
}

std::string table_name(std::string_view run, const std::string& well) {
    std::string name(run.substr(0, 80));
    for (auto& c : name) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        if (!plain) c = '_';
    }
    return name + "_" + well + ".tsv";
}

}  // namespace microchim::report
