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

/// RDML's word for the unit of a quantity.
std::string rdml_unit(std::string_view unit) {
    static constexpr std::array words{"cop", "fold", "dil", "ng", "nMol", "other"};
    if (unit.starts_with("copies") || unit == "copy") return "cop";
    return std::find(words.begin(), words.end(), unit) == words.end() ? "other" : std::string(unit);
}

/// One role where all targets of the well agree, as they do in digital PCR; else one for each.
std::vector<Role> roles_of(const React& react, const std::vector<Measured>& well, std::string_view unit) {
    std::vector<Role> roles;
    bool agree = true;
    for (const auto& one : well) {
        if (!one.curve) continue;
        const auto type = type_of(react, *one.curve);
        const auto quantity = type == SampleType::std ? one.curve->quantity : std::nullopt;
        agree = agree && type == react.type && (!quantity || quantity == react.quantity);
        roles.push_back({one.target, type, quantity, quantity ? rdml_unit(one.curve->unit) : ""});
        if (unit.empty()) unit = one.curve->unit;
    }
    if (agree) roles = {{"", react.type, react.quantity, react.quantity ? rdml_unit(unit) : ""}};
    return roles;
}

/// How the first of two samples of one name is not like the second.
std::string difference(const std::vector<Role>& roles, const std::vector<Role>& others) {
    if (roles.size() != 1 || others.size() != 1) return "";
    const auto &own = roles.front(), &other = others.front();
    std::string text = own.type != other.type ? to_string(own.type) : "";
    if (own.quantity != other.quantity)
        text += (text.empty() ? "" : ", ") + (own.quantity ? figures(*own.quantity) : "no quantity");
    if (own.quantity && other.quantity && own.unit != other.unit) text += (text.empty() ? "" : " ") + own.unit;
    return text;
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
    name_targets(wells, notes);
    name_samples(run, wells, notes);
}

void Names::name_samples(const Run& run, const std::vector<std::vector<Measured>>& wells, std::vector<Note>& notes) {
    const Attributes attributes(run);
    Ids ids;
    std::map<std::tuple<std::string, bool, std::vector<Role>>, std::size_t> known;
    std::map<std::string, std::size_t> first;  // by name
    for (std::size_t i = 0; i < run.reacts.size(); ++i) {
        const auto& react = run.reacts[i];
        const auto well = react.well.name();
        const auto name = react.sample.empty() ? "unnamed " + well : react.sample;
        auto roles = roles_of(react, wells[i], attributes(well, "quantity unit"));
        const auto [at, fresh] = known.try_emplace({name, react.sample.empty(), roles}, samples_.size());
        sample_of_.push_back(at->second);
        if (!fresh) continue;
        const auto [original, is_first] = first.try_emplace(name, samples_.size());
        auto id = name;
        if (!is_first)
            if (const auto how = difference(roles, samples_[original->second].roles); !how.empty())
                id += " (" + how + ")";
        id = ids.unique(id);
        if (!is_first)
            notes.push_back({Severity::info, well,
                             "The sample '" + name +
                                 "' has another type or quantity here than in "
                                 "other wells. RDML has one of each for a sample, so it is called '" +
                                 id + "' here."});
        samples_.push_back({id, react.sample, std::move(roles)});
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
