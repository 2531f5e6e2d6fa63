#include "core/read/workbook.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <stdexcept>

#include "core/read/grid.hpp"
#include "core/read/lower.hpp"

namespace microchim::read {
namespace {

/// Names carry a prefix or none ("x:row"), by the program that wrote them.
std::string_view local(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

template <class Visit>
void each_child(const pugi::xml_node& parent, std::string_view name, Visit visit) {
    for (const auto& child : parent.children())
        if (local(child) == name) visit(child);
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
    for (const auto& node : parent.children())
        if (local(node) == name) return node;
    return {};
}

void parse(pugi::xml_document& document, std::string_view xml, const std::string& name) {
    const auto result = document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!result) throw std::runtime_error("'" + name + "' is damaged: " + result.description());
}

/// ST_Xstring (22.9.2.19): characters that XML cannot hold are written "_x000D_", and what only looks so
/// "_x005F_x000D_".
std::string unescaped(std::string_view text) {
    constexpr std::size_t length = 7;
    std::string out;
    while (!text.empty()) {
        const auto at = std::min(text.find("_x"), text.size());
        out += text.substr(0, at);
        text.remove_prefix(at);
        unsigned code = 0;
        const char* digits = text.data() + 2;
        const bool escape = text.size() >= length && text[length - 1] == '_' &&
                            std::from_chars(digits, digits + 4, code, 16).ptr == digits + 4 && code < 0x80;
        if (escape) out += static_cast<char>(code);
        else out += text.substr(0, 2);
        text.remove_prefix(escape ? length : std::min<std::size_t>(2, text.size()));
    }
    return out;
}

/// The text of <si> or <is>: one <t>, or runs of them; phonetic hints (<rPh>) are no text.
std::string text_of(const pugi::xml_node& item) {
    std::string text;
    each_child(item, "t", [&](const pugi::xml_node& t) { text += t.text().get(); });
    each_child(item, "r", [&](const pugi::xml_node& run) { text += child(run, "t").text().get(); });
    return unescaped(text);
}

std::size_t whole(const char* digits) {
    std::size_t value = 0;
    const auto end = digits + std::strlen(digits);
    return std::from_chars(digits, end, value).ptr == end && end != digits ? value : 0;
}

/// 0 for "A7", 27 for "AB7"; nothing for what is no address.
std::optional<std::size_t> column_of(std::string_view address) {
    std::size_t column = 0, letters = 0;
    for (; letters < address.size() && address[letters] >= 'A' && address[letters] <= 'Z'; ++letters)
        if ((column = column * 26 + static_cast<std::size_t>(address[letters] - 'A') + 1) > Grid::most_columns)
            return std::nullopt;
    return letters ? std::optional(column - 1) : std::nullopt;
}

class Writer {
public:
    Writer(const std::vector<std::string>& strings, std::uint64_t most) : strings_(strings), grid_(most) {}

    std::string csv(const pugi::xml_node& data) {
        each_child(data, "row", [&](const pugi::xml_node& row) { add(row); });
        return grid_.csv();
    }

private:
    void add(const pugi::xml_node& row) {
        const auto stated = whole(row.attribute("r").value());
        grid_.row(stated ? stated : grid_.next_row());
        each_child(row, "c", [&](const pugi::xml_node& cell) {
            grid_.cell(column_of(cell.attribute("r").value()).value_or(grid_.next_column()), value(cell));
        });
    }

    std::string value(const pugi::xml_node& cell) const {
        const std::string_view type = cell.attribute("t").value();
        if (type == "inlineStr") return text_of(child(cell, "is"));
        const std::string text = child(cell, "v").text().get();
        if (type == "b") return text == "1" ? "TRUE" : "FALSE";
        if (type == "str") return unescaped(text);
        if (type != "s") return text;
        std::size_t index = 0;
        const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), index);
        if (fault != std::errc{} || index >= strings_.size()) throw std::runtime_error("a text is missing from it");
        return strings_[index];
    }

    const std::vector<std::string>& strings_;
    Grid grid_;
};

/// The id of a sheet's relationship: "r:id", by whatever prefix.
std::string relation_of(const pugi::xml_node& sheet) {
    for (const auto& attribute : sheet.attributes())
        if (const std::string_view name = attribute.name(); name.ends_with(":id")) return attribute.value();
    return {};
}

/// Some programs write backslashes.
std::string part_name(std::string_view text) {
    auto name = lower(text);
    std::replace(name.begin(), name.end(), '\\', '/');
    return name;
}

/// Relationship id to the part it names; targets are relative to xl/ or absolute.
std::map<std::string, std::string> relations(std::string_view xml) {
    pugi::xml_document document;
    parse(document, xml, "xl/_rels/workbook.xml.rels");
    std::map<std::string, std::string> targets;
    each_child(document.first_child(), "Relationship", [&](const pugi::xml_node& relation) {
        auto target = part_name(relation.attribute("Target").value());
        target = target.starts_with('/') ? target.substr(1) : "xl/" + target;
        targets[relation.attribute("Id").value()] = target;
    });
    return targets;
}

}  // namespace

std::vector<Sheet> sheets(const std::function<std::optional<std::string_view>(const std::string&)>& part,
                          std::uint64_t most) {
    const auto required = [&](const std::string& name) {
        const auto xml = part(name);
        if (!xml) throw std::runtime_error("'" + name + "' is missing");
        return *xml;
    };
    std::vector<std::string> strings;
    pugi::xml_document document;
    if (const auto xml = part("xl/sharedstrings.xml")) {
        parse(document, *xml, "xl/sharedStrings.xml");
        each_child(document.document_element(), "si",
                   [&](const pugi::xml_node& item) { strings.push_back(text_of(item)); });
    }
    const auto targets = relations(required("xl/_rels/workbook.xml.rels"));
    pugi::xml_document book;
    parse(book, required("xl/workbook.xml"), "xl/workbook.xml");
    std::vector<Sheet> found;
    std::set<std::string> seen;
    std::uint64_t total = 0;
    each_child(child(book.document_element(), "sheets"), "sheet", [&](const pugi::xml_node& sheet) {
        const auto target = targets.find(relation_of(sheet));
        const auto xml = target == targets.end() ? std::nullopt : part(target->second);
        if (!xml) return;  // a chart sheet, or a sheet of a kind that holds no cells
        if (!seen.insert(target->second).second) throw std::runtime_error("two of its sheets are one");
        parse(document, *xml, target->second);
        auto csv = Writer(strings, most - total).csv(child(document.document_element(), "sheetData"));
        total += csv.size();
        if (!csv.empty())
            found.push_back({sheet.attribute("name").value(), std::move(csv),
                             std::string_view(sheet.attribute("state").value()).ends_with("idden")});
    });
    return found;
}

}  // namespace microchim::read
