#include "core/report/rdml_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/dpcr/count.hpp"
#include "microchim/reader.hpp"

namespace microchim::report {
namespace {

std::string figures(double value) {
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// Makes ids: what is wished, or with a number where that is taken.
class Ids {
public:
    std::string unique(const std::string& wished) {
        auto id = xml_text(wished);
        for (auto& c : id)
            if (c == '\t' || c == '\n' || c == '\r') c = ' ';  // an attribute, and a heading of tables
        const auto first = id;
        for (int n = 2; !taken_.insert(id).second; ++n) id = first + " (" + std::to_string(n) + ")";
        return id;
    }

private:
    std::set<std::string> taken_;
};

bool is_channel(const std::string& name, const std::string& number) {
    return !number.empty() && (name == number || name == "Ch" + number || name == "Ch" + number + " Amplitude");
}

/// A channel without a target may be called by its own name in the counts ("Assay1" of "Assay1 Amplitude"), as our
/// counting of partitions does; only where no name agrees its number decides.
const Channel* partner(const TargetCounts& counts, const std::vector<Channel>& channels,
                       const std::set<const Channel*>& used) {
    const Channel *by_target = nullptr, *by_number = nullptr;
    for (const auto& channel : channels) {
        if (used.contains(&channel)) continue;
        const bool number = is_channel(channel.name, counts.channel);
        const auto target = dpcr::channel_target(channel);
        if (target == counts.target && !target.empty()) {
            if (number) return &channel;
            if (!by_target) by_target = &channel;
        } else if (channel.target.empty() && number) {
            by_number = &channel;
        }
    }
    return by_target ? by_target : by_number;
}

/// Two targets of one name and dye in one well can be told apart by their channel only.
void tell_apart(std::vector<Measured>& well) {
    std::map<std::tuple<std::string, std::string, bool>, int> times;  // a curve of the target is no second one
    const auto count = [&](const Measured& one) -> int& { return times[{one.name, one.dye, one.curve != nullptr}]; };
    for (const auto& one : well) ++count(one);
    for (auto& one : well)
        if (count(one) == 1) one.channel.clear();
}

}  // namespace

std::string xml_text(std::string_view text) {
    auto out = reader::utf8(text);
    for (auto& c : out)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') c = ' ';
    for (const auto none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})  // U+FFFE and U+FFFF are no characters
        for (auto at = out.find(none); at != out.npos; at = out.find(none, at)) out.replace(at, 3, "\xEF\xBF\xBD");
    return out;
}

std::vector<Measured> measured(const React& react) {
    std::vector<Measured> well;
    std::set<const Channel*> used;
    static const std::vector<Channel> none;
    const auto& channels = react.partitions ? react.partitions->channels : none;
    for (const auto& counts : react.counts) {
        const auto* channel = partner(counts, channels, used);
        if (channel) used.insert(channel);
        well.push_back({counts.target, counts.dye, counts.channel, &counts, channel, nullptr, {}});
    }
    for (const auto& channel : channels)
        if (!used.contains(&channel))
            well.push_back({channel.target.empty() ? channel.name : channel.target,
                            "",
                            channel.name,
                            nullptr,
                            &channel,
                            nullptr,
                            {}});
    const auto first_curve = well.size();
    for (const auto& curve : react.curves) {
        const auto same = std::find_if(well.begin() + static_cast<std::ptrdiff_t>(first_curve), well.end(),
                                       [&](const Measured& m) { return m.name == curve.target && m.dye == curve.dye; });
        if (same == well.end()) well.push_back({curve.target, curve.dye, "", nullptr, nullptr, &curve, {}});
        else if (curve.signal < same->curve->signal) same->curve = &curve;
    }
    tell_apart(well);
    return well;
}

Names::Names(const Run& run, std::vector<std::vector<Measured>>& wells, std::vector<Note>& notes) {
    name_samples(run, notes);
    name_targets(wells, notes);
}

void Names::name_samples(const Run& run, std::vector<Note>& notes) {
    static constexpr std::array units{"cop", "fold", "dil", "ng", "nMol", "other"};
    const Attributes attributes(run);
    Ids ids;
    std::map<std::tuple<std::string, bool, SampleType, std::optional<double>, std::string>, std::size_t> known;
    std::map<std::string, std::size_t> first;  // by name
    for (const auto& react : run.reacts) {
        const auto well = react.well.name();
        const auto name = react.sample.empty() ? "unnamed " + well : react.sample;
        auto unit = std::string(attributes(well, "quantity unit"));
        if (std::find(units.begin(), units.end(), unit) == units.end() || !react.quantity) unit = "other";
        const auto [at, fresh] =
            known.try_emplace({name, react.sample.empty(), react.type, react.quantity, unit}, samples_.size());
        sample_of_.push_back(at->second);
        if (!fresh) continue;
        const auto [original, is_first] = first.try_emplace(name, samples_.size());
        auto id = name;
        if (!is_first) {
            const auto& other = *samples_[original->second].example;
            std::string difference = react.type != other.type ? to_string(react.type) : "";
            if (react.quantity != other.quantity)
                difference +=
                    (difference.empty() ? "" : ", ") + (react.quantity ? figures(*react.quantity) : "no quantity");
            if (react.quantity && other.quantity && unit != samples_[original->second].unit)
                difference += (difference.empty() ? "" : " ") + unit;
            if (!difference.empty()) id += " (" + difference + ")";
        }
        id = ids.unique(id);
        if (!is_first)
            notes.push_back({Severity::info, well,
                             "The sample '" + name +
                                 "' has another type or quantity here than in "
                                 "other wells. RDML has one of each for a sample, so it is called '" +
                                 id + "' here."});
        samples_.push_back({id, react.sample, &react, unit});
    }
}

void Names::name_targets(std::vector<std::vector<Measured>>& wells, std::vector<Note>& notes) {
    using Key = std::tuple<std::string, std::string, std::string>;
    std::vector<Key> keys;
    std::map<Key, std::string> id_of;
    std::map<std::string, int> variants;  // by name
    for (const auto& well : wells)
        for (const auto& one : well)
            if (Key key{one.name, one.dye, one.channel}; id_of.try_emplace(key).second) {
                keys.push_back(key);
                ++variants[one.name];
            }
    Ids ids;
    for (const auto& key : keys) {
        const auto& [name, dye, channel] = key;
        auto id = name.empty() ? "unnamed target" : name;
        auto suffix = dye;
        if (!channel.empty()) suffix += (dye.empty() ? "channel " : ", channel ") + channel;
        if (variants[name] > 1 && !suffix.empty()) id += " (" + suffix + ")";
        id = id_of[key] = ids.unique(id);
        if (variants[name] > 1)
            notes.push_back({Severity::info, "",
                             "The target '" + name +
                                 "' was measured with several dyes or in several "
                                 "channels. RDML has one dye for a target, so one of them is called '" +
                                 id + "'."});
        targets_.push_back({id, name, dye});
    }
    for (auto& well : wells)
        for (auto& one : well) one.target = id_of[{one.name, one.dye, one.channel}];
}

Attributes::Attributes(const Run& run) {
    for (const auto& one : run.attributes) values_.try_emplace({one.well, one.key}, one.value);
}

std::string_view Attributes::operator()(const std::string& well, const std::string& key) const {
    const auto found = values_.find({well, key});
    return found == values_.end() ? std::string_view{} : found->second;
}

}  // namespace microchim::report
