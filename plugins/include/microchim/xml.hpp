// XML for readers: a document whose every element knows its line. Needs pugixml, which a plugin links statically.
//
//   <rdml version="1.3" xmlns="http://www.rdml.org"><sample id="P1"><type>unkn</type></sample></rdml>
//
// What strangers can hide in XML is refused: document type declarations, and with them every entity of their own.
// Elements are found by their local name; prefixes do not count.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::reader::xml {

using Node = pugi::xml_node;

/// The name of an element or attribute without its prefix.
template <class T>
std::string_view local_name(const T& named) {
    const std::string_view name = named.name();
    return name.substr(name.rfind(':') + 1);
}

/// Calls use(element) for each child element of that name; an empty name: for every child element.
template <class Use>
void each(Node parent, std::string_view name, Use use) {
    for (auto child = parent.first_child(); child; child = child.next_sibling())
        if (child.type() == pugi::node_element && (name.empty() || local_name(child) == name)) use(child);
}

/// The first child element of that name, or a null node.
inline Node child(Node parent, std::string_view name) {
    for (auto child = parent.first_child(); child; child = child.next_sibling())
        if (child.type() == pugi::node_element && local_name(child) == name) return child;
    return {};
}

/// The text of an element itself, without blanks around it; empty for a null node.
inline std::string text(Node node) {
    std::string all = node.type() == pugi::node_element ? node.value() : "";  // where embedded, see Document
    for (auto part = node.first_child(); part; part = part.next_sibling())
        if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) all += part.value();
    constexpr auto blank = " \t\r\n";
    const auto begin = std::min(all.find_first_not_of(blank), all.size());
    return all.substr(begin, all.find_last_not_of(blank) + 1 - begin);
}

inline std::string text(Node parent, std::string_view name) {
    return text(child(parent, name));
}

inline std::string attribute(Node node, const char* name) {
    return node.attribute(name).value();
}

namespace detail {

/// UTF-16 without a byte order mark shows by its first character, which is always '<'.
inline std::string as_utf8(std::string_view bytes) {
    if (bytes.starts_with(std::string_view("<\0", 2))) return reader::detail::from_utf16(bytes, false);
    if (bytes.starts_with(std::string_view("\0<", 2))) return reader::detail::from_utf16(bytes, true);
    return utf8(bytes);
}

inline std::size_t past(std::string_view text, std::size_t from, std::string_view end) {
    const auto found = text.find(end, from);
    return found == text.npos ? text.size() : found + end.size();
}

/// The first place that no XML document of data has any business with, and what it is.
struct Objection {
    std::size_t at;
    const char* what;
};

inline std::optional<Objection> objection(std::string_view text) {
    for (std::size_t i = 0; (i = text.find_first_of(std::string_view("<&\0", 3), i)) != text.npos;) {
        const auto rest = text.substr(i, 9);
        if (rest.starts_with("<!--")) i = past(text, i + 4, "-->");
        else if (rest.starts_with("<![CDATA[")) i = past(text, i + 9, "]]>");
        else if (rest.starts_with("<!"))
            return Objection{i, "a document type declaration; a file of data needs none, and it is refused"};
        else if (rest[0] == '\0') return Objection{i, "a zero byte; the file is damaged"};
        else if (rest[0] == '&') {
            bool known = rest.starts_with("&#");
            for (const auto name : {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"}) known |= rest.starts_with(name);
            if (!known)
                return Objection{i, "'&' begins no entity that XML knows; entities of a file's own are refused"};
            ++i;
        } else ++i;
    }
    return std::nullopt;
}

}  // namespace detail

/// The first start tag of an XML document without its brackets, "rdml version='1.1' xmlns='...'"; empty for what is no
/// XML. Looks at the head only: for probes.
inline std::string root_tag(std::string_view bytes) {
    const auto text = detail::as_utf8(bytes.substr(0, 8192));
    for (std::size_t i = 0; (i = text.find_first_not_of(" \t\r\n", i)) != text.npos && text[i] == '<';) {
        const std::string_view rest = std::string_view(text).substr(i);
        if (rest.starts_with("<?")) i = detail::past(text, i, "?>");
        else if (rest.starts_with("<!--")) i = detail::past(text, i, "-->");
        else if (rest.starts_with("<!")) i = detail::past(text, i, rest.find('[') < rest.find('>') ? "]>" : ">");
        else return std::string(rest.substr(1, std::min(rest.find('>'), rest.size()) - 1));
    }
    return {};
}

/// A parsed document. Throws FormatError with a line for what is not well-formed, and for what is refused.
class Document {
public:
    /// A tree takes several times the memory of its text; this much text is more than any run.
    static constexpr std::size_t most_bytes = std::size_t{256} << 20;

    Document(std::string name, std::string_view bytes) : name_(std::move(name)) {
        if (bytes.size() > most_bytes)
            throw FormatError(name_, "the XML is larger than 256 MB; no run that we know of is");
        text_ = detail::as_utf8(bytes);
        for (auto end = text_.find('\n'); end != text_.npos; end = text_.find('\n', end + 1)) ends_.push_back(end);
        if (const auto bad = detail::objection(text_)) throw FormatError(address(bad->at), bad->what);
        const auto result = tree_.load_buffer_inplace(
            text_.data(), text_.size(), pugi::parse_default | pugi::parse_embed_pcdata, pugi::encoding_utf8);
        const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0));
        if (!result)
            throw FormatError(address(offset), std::string("the XML is not well-formed or was cut off here (") +
                                                   result.description() + "); export or copy the file again");
        for (auto node = tree_.first_child(); node; node = node.next_sibling()) {
            if (node.type() != pugi::node_element) continue;
            if (root_) throw FormatError(where(node), "a second document begins here; the file is damaged");
            root_ = node;
        }
    }

    Document(const Document&) = delete;  // the tree points into the text
    Document& operator=(const Document&) = delete;

    /// Null where the document is empty.
    Node root() const { return root_; }
    const std::string& name() const { return name_; }

    /// "rdml_data.xml:17, react 3"
    std::string where(Node node, std::string_view what = {}) const {
        const auto offset = node.offset_debug();
        return address(offset > 0 ? static_cast<std::size_t>(offset) : 0) +
               (what.empty() ? "" : ", " + std::string(what));
    }

    /// The number in an element; nothing for a null node, an empty element, NaN and infinities (XML's "NaN", "INF").
    /// Throws FormatError for anything else that is not a number.
    template <class T>
    std::optional<T> number(Node node) const {
        const auto digits = text(node);
        if (digits.empty() || digits == "NaN" || digits == "nan") return std::nullopt;
        T value{};
        const char *begin = digits.data() + (digits[0] == '+'), *end = digits.data() + digits.size();
        auto [stop, fault] = std::from_chars(begin, end, value);
        if constexpr (std::is_integral_v<T>) {  // some programs write "1.0"
            if (stop != end && stop != begin && *stop == '.')
                stop = std::find_if(stop + 1, end, [](char c) { return c != '0'; });
        } else if (fault == std::errc{} && stop == end && !std::isfinite(value)) {
            return std::nullopt;
        }
        if (stop == end && fault == std::errc{}) return value;
        throw FormatError(where(node), reader::detail::quoted(digits) + " in <" + std::string(local_name(node)) +
                                           "> is not a " + (std::is_integral_v<T> ? "whole number" : "number"));
    }

private:
    std::string address(std::size_t offset) const {
        const auto line = std::lower_bound(ends_.begin(), ends_.end(), offset) - ends_.begin();
        return name_ + ":" + std::to_string(line + 1);
    }

    std::string name_, text_;
    std::vector<std::size_t> ends_;  ///< of the lines
    pugi::xml_document tree_;
    Node root_;
};

}  // namespace microchim::reader::xml
