// A chip as XML: every well with its quality and its fluorescence.
//
//   <chip id="A12B34"><wells>
//     <well quality="0.93"><fam>3120.5</fam><vic>811.2</vic></well>
//   </wells></chip>
//
// Only these names are known; other elements with text and attributes of the chip are kept as attributes.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chip.hpp"
#include "microchim/decimal.hpp"

namespace microchim::quantstudio3d {

namespace detail {

/// A tag, or the text in front of it.
struct Token {
    std::string_view name, attributes, text;
    bool closes = false, empty = false;  ///< </name>, <name/>
    const char* at = nullptr;
};

/// Walks over tags. Comments, declarations and instructions are skipped; nothing is resolved but the five entities.
class Tags {
public:
    Tags(std::string_view file, std::string_view text) : file_(file), text_(text) {}

    bool next(Token& token) {
        while (true) {
            const auto open = text_.find('<', at_);
            if (open == text_.npos) return false;
            token.text = text_.substr(at_, open - at_);
            if (skip(open, "<!--", "-->") || skip(open, "<?", "?>") || skip(open, "<!", ">")) continue;
            const auto close = text_.find('>', open);
            if (close == text_.npos) fail(open, "a tag that opens here is never closed; the file was cut off");
            auto inside = text_.substr(open + 1, close - open - 1);
            at_ = close + 1;
            token.at = text_.data() + open;
            token.closes = inside.starts_with('/');
            if (token.closes) inside.remove_prefix(1);
            token.empty = inside.ends_with('/');
            if (token.empty) inside.remove_suffix(1);
            const auto end = std::min(inside.find_first_of(" \t\r\n"), inside.size());
            token.name = inside.substr(0, end);
            token.name.remove_prefix(std::min(token.name.find(':') + 1, token.name.size()));  // without its prefix
            token.attributes = inside.substr(end);
            return true;
        }
    }

    [[noreturn]] void fail(std::size_t place, const std::string& what) const {
        const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(place), '\n');
        throw FormatError(std::string(file_) + ":" + std::to_string(line), what);
    }
    [[noreturn]] void fail(const Token& token, const std::string& what) const {
        fail(static_cast<std::size_t>(token.at - text_.data()), what);
    }

private:
    bool skip(std::size_t open, std::string_view begin, std::string_view end) {
        if (!text_.substr(open).starts_with(begin)) return false;
        const auto close = text_.find(end, open + begin.size());
        if (close == text_.npos) fail(open, "what opens here is never closed; the file was cut off");
        at_ = close + end.size();
        return true;
    }

    std::string_view file_, text_;
    std::size_t at_ = 0;
};

inline std::string resolved(std::string_view text) {
    static constexpr std::pair<std::string_view, char> entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    std::string out;
    while (!text.empty()) {
        const auto known = std::ranges::find_if(entities, [&](const auto& e) { return text.starts_with(e.first); });
        out += known == std::end(entities) ? text.front() : known->second;
        text.remove_prefix(known == std::end(entities) ? 1 : known->first.size());
    }
    const auto begin = std::min(out.find_first_not_of(" \t\r\n"), out.size());
    return out.substr(begin, out.find_last_not_of(" \t\r\n") + 1 - begin);
}

/// name="value" pairs of a tag.
inline std::vector<std::pair<std::string, std::string>> pairs(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> found;
    for (std::size_t at = 0; (at = text.find_first_not_of(" \t\r\n", at)) != text.npos;) {
        const auto equals = text.find('=', at);
        const auto open = equals == text.npos ? text.npos : text.find_first_of("\"'", equals);
        const auto close = open == text.npos ? text.npos : text.find(text[open], open + 1);
        if (close == text.npos) break;
        found.push_back({resolved(text.substr(at, equals - at)), resolved(text.substr(open + 1, close - open - 1))});
        at = close + 1;
    }
    return found;
}

inline float number(const Tags& tags, const Token& token, std::string_view text) {
    const auto digits = resolved(text);
    const char* at = digits.data();
    const char* const end = at + digits.size();
    float value = 0;
    if (!reader::read_float(at, end, value) || at != end)
        tags.fail(token, reader::detail::quoted(digits) + " is not a number");
    return value;
}

class ChipReader {
public:
    ChipReader(std::string_view file, std::size_t entry, std::string_view text)
        : file_(file), entry_(entry), tags_(file, text) {}

    std::vector<Chip> read() {
        Token token;
        while (tags_.next(token)) {
            if (token.closes) close(token);
            else open(token);
        }
        if (in_chip_ || chips_.empty())
            throw FormatError(std::string(file_),
                              chips_.empty() ? "there is no chip in this file"
                                             : "the chip is never closed; the file was cut off, save it again");
        return std::move(chips_);
    }

private:
    void open(const Token& token) {
        const auto name = token.name;
        opened_ = name;
        if (name == "chip" && !in_chip_) {
            if (chips_.size() == 1000) tags_.fail(token, "more than 1000 chips in one file");
            auto& chip = chips_.emplace_back();
            chip.file = file_;
            chip.entries = {entry_};
            chip.dialect = "QuantStudio 3D chip XML";
            for (auto& [key, value] : pairs(token.attributes)) keep(chip, key, value);
            in_chip_ = !token.empty;
        } else if (name == "well" && in_chip_) {
            auto& chip = chips_.back();
            if (in_well_) tags_.fail(token, "a well begins inside another");
            in_well_ = true;
            dyes_ = 0;
            const auto all = pairs(token.attributes);
            const auto quality = std::ranges::find(all, "quality", &std::pair<std::string, std::string>::first);
            if (quality != all.end()) chip.quality.push_back(number(tags_, token, quality->second));
            if (token.empty) tags_.fail(token, "a well without fluorescence");
            ++wells_;
        }
    }

    void close(const Token& token) {
        if (token.name == "chip" && in_chip_) finish(token);
        else if (token.name == "well" && in_well_) {
            in_well_ = false;
            if (dyes_ != chips_.back().dyes.size() || dyes_ == 0)
                tags_.fail(token, "this well has " + std::to_string(dyes_) + " dyes, others have " +
                                      std::to_string(chips_.back().dyes.size()));
        } else if (in_chip_ && opened_ == token.name) {
            if (in_well_) dye(token);
            else keep(chips_.back(), std::string(token.name), resolved(token.text));
        }
        opened_ = {};
    }

    /// A dye of the open well: in every well the same, in the same order.
    void dye(const Token& token) {
        auto& dyes = chips_.back().dyes;
        const auto name = upper(token.name);
        if (wells_ == 1) {
            if (std::ranges::find(dyes, name, &Dye::name) != dyes.end())
                tags_.fail(token, "the dye " + name + " stands twice in one well");
            if (dyes.size() == 16) tags_.fail(token, "more than 16 dyes in a well");
            dyes.push_back({name, {}});
        }
        if (dyes_ >= dyes.size() || dyes[dyes_].name != name)
            tags_.fail(token, "the dye " + reader::detail::quoted(token.name) + " is not in every well");
        dyes[dyes_++].fluorescence.push_back(number(tags_, token, token.text));
    }

    void finish(const Token& token) {
        auto& chip = chips_.back();
        if (in_well_) tags_.fail(token, "the chip ends inside a well");
        in_chip_ = false;
        if (wells_ == 0) tags_.fail(token, "a chip without wells");
        if (!chip.quality.empty() && chip.quality.size() != wells_)
            tags_.fail(token, "only " + std::to_string(chip.quality.size()) + " of " + std::to_string(wells_) +
                                  " wells have a quality");
        wells_ = 0;
    }

    static void keep(Chip& chip, const std::string& key, const std::string& value) {
        if (value.empty()) return;
        const auto name = reader::detail::normalised(key);
        if (chip.id.empty() && (name == "id" || name == "chipid" || name == "barcode" || name == "chipbarcode"))
            chip.id = value;
        if (chip.sample.empty() && (name == "sample" || name == "samplename")) chip.sample = value;
        if (chip.attributes.size() < 1000) chip.attributes.push_back({key, value});
    }

    std::string_view file_;
    std::size_t entry_;
    Tags tags_;
    std::vector<Chip> chips_;
    std::string_view opened_;
    bool in_chip_ = false, in_well_ = false;
    std::size_t wells_ = 0, dyes_ = 0;
};

}  // namespace detail

/// Whether this is a chip: XML with a chip and wells of a quality or a dye near its beginning.
inline bool is_chip_xml(std::string_view bytes) {
    const auto head = reader::head(bytes);
    if (!head.starts_with('<')) return false;
    const auto chip = head.find("<chip");
    const auto well = head.find("<well", chip == head.npos ? head.size() : chip);
    return well != head.npos && head.find("<wells") != head.npos &&
           (head.find("<fam", well) != head.npos || head.find("<vic", well) != head.npos);
}

/// The chips of a file. \throws FormatError naming the line.
inline std::vector<Chip> read_chip_xml(std::string_view file, std::size_t entry, std::string_view bytes) {
    const auto text = reader::utf8(bytes);
    return detail::ChipReader(file, entry, text).read();
}

}  // namespace microchim::quantstudio3d
