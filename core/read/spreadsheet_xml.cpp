#include "core/read/spreadsheet_xml.hpp"

#include <charconv>
#include <pugixml.hpp>
#include <stdexcept>
#include <string>

#include "core/read/grid.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {
namespace {

/// Names carry a prefix or none ("ss:Row"), by the program that wrote them.
template <class Named>
std::string_view local(const Named& named) {
    const std::string_view name = named.name();
    return name.substr(name.find(':') + 1);
}

template <class Visit>
void each_child(const pugi::xml_node& parent, std::string_view name, Visit visit) {
    for (const auto& child : parent.children())
        if (local(child) == name) visit(child);
}

std::string_view attribute(const pugi::xml_node& node, std::string_view name) {
    for (const auto& attribute : node.attributes())
        if (local(attribute) == name) return attribute.value();
    return {};
}

/// A whole number from 0; nothing stated is 0, too.
std::size_t whole(const pugi::xml_node& node, std::string_view name) {
    const auto digits = attribute(node, name);
    std::size_t value = 0;
    const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || stop != digits.data() + digits.size() || value > Grid::most_rows)
        return digits.empty() ? 0 : throw std::runtime_error("its rows are out of order");
    return value;
}

/// Text may be in pieces of different looks, one in another.
std::string text_of(const pugi::xml_node& data) {
    std::string text;
    struct Walker : pugi::xml_tree_walker {
        std::string& text;
        explicit Walker(std::string& all) : text(all) {}
        bool for_each(pugi::xml_node& node) override {
            text += node.value();
            return true;
        }
    } walker(text);
    auto top = data;
    top.traverse(walker);
    return text;
}

std::string value(const pugi::xml_node& cell) {
    std::string text;
    each_child(cell, "Data", [&](const pugi::xml_node& data) {
        text = text_of(data);
        if (attribute(data, "Type") == "Boolean") text = text == "0" || text.empty() ? "FALSE" : "TRUE";
    });
    return text;
}

std::string csv(const pugi::xml_node& table, std::uint64_t most) {
    Grid grid(most);
    std::size_t line = 1;
    each_child(table, "Row", [&](const pugi::xml_node& row) {
        if (const auto stated = whole(row, "Index")) line = stated;
        grid.row(line);
        std::size_t column = 0;
        each_child(row, "Cell", [&](const pugi::xml_node& cell) {
            if (const auto stated = whole(cell, "Index")) column = stated - 1;
            grid.cell(column, value(cell));
            column += 1 + whole(cell, "MergeAcross");
        });
        line += 1 + whole(row, "Span");
    });
    return grid.csv();
}

}  // namespace

bool is_spreadsheet_xml(std::string_view bytes) {
    const auto head = reader::utf8(bytes.substr(0, 4096));
    const auto begin = head.find_first_not_of(" \t\r\n");
    if (begin == head.npos || head[begin] != '<') return false;
    const auto space = head.find("urn:schemas-microsoft-com:office:spreadsheet");  // in the tag that opens the document
    const auto open = space == head.npos ? space : head.rfind('<', space);
    const auto tag = open == head.npos ? std::string() : head.substr(open + 1, space - open);
    return tag.substr(0, tag.find_first_of(" \t\r\n")).ends_with("Workbook") && tag.find('>') == tag.npos;
}

std::vector<Sheet> spreadsheet_xml(std::string_view bytes, std::uint64_t most) {
    pugi::xml_document document;
    const auto text = reader::utf8(bytes);
    const auto result = document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata,
                                             pugi::encoding_utf8);
    if (!result) throw std::runtime_error(result.description());
    std::vector<Sheet> found;
    std::uint64_t total = 0;
    each_child(document.document_element(), "Worksheet", [&](const pugi::xml_node& sheet) {
        bool hidden = false;
        std::string table;
        each_child(sheet, "WorksheetOptions", [&](const pugi::xml_node& options) {
            each_child(options, "Visible", [&](const pugi::xml_node& visible) {
                hidden = std::string_view(visible.child_value()).ends_with("idden");
            });
        });
        each_child(sheet, "Table", [&](const pugi::xml_node& node) { table = csv(node, most - total); });
        total += table.size();
        if (!table.empty()) found.push_back({std::string(attribute(sheet, "Name")), std::move(table), hidden});
    });
    return found;
}

}  // namespace microchim::read
