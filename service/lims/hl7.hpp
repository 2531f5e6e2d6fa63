// An HL7 v2 message in its parts. The bytes stay as they came; the parts are views of them. Source: HL7 2.5.1 chapter
// 2, 2.5 (message construction) and 2.6 (segments). The rules for taking a message are in envelope.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/lims/escape.hpp"
#include "service/lims/fault.hpp"

namespace microchim::lims {

class Message;

/// One segment; valid as long as its message is neither changed nor gone.
class Segment {
public:
    std::string_view name() const { return text().substr(0, 3); }  ///< "OBX"
    std::string_view text() const;                                 ///< without its line end
    std::string_view line_end() const;  ///< CR; LF, CR LF or blank lines where a sender wrote them
    std::size_t fields() const;         ///< number of the last field
    /// Field n as it was sent, from 1; empty where there is none. Of MSH, FHS and BHS field 1 is the field separator.
    std::string_view field(std::size_t n) const;
    /// One component of one repetition of a field, as it was sent; a subcomponent where given.
    std::string_view raw(std::size_t field, std::size_t component = 1, std::size_t repetition = 1,
                         std::size_t subcomponent = 0) const;
    /// The same without escapes, in the bytes of the sender's character set.
    std::string value(std::size_t field, std::size_t component = 1, std::size_t repetition = 1,
                      std::size_t subcomponent = 0) const;
    std::size_t repetitions(std::size_t field) const;  ///< 1 for an empty field
    std::size_t sequence() const;                      ///< which of the segments of this name it is, from 1

private:
    friend class Message;
    Segment(const Message& message, std::size_t index) : message_(&message), index_(index) {}
    bool header() const;
    const Message* message_;
    std::size_t index_;
};

/// "" is a statement: delete what you have. An empty field states nothing.
inline bool deletes(std::string_view raw) {
    return raw == "\"\"";
}

class Message {
public:
    const std::string& bytes() const { return bytes_; }  ///< as they came, with a byte order mark and odd line ends
    const Delimiters& delimiters() const { return delimiters_; }
    std::size_t size() const { return segments_.size(); }
    Segment operator[](std::size_t index) const { return {*this, index}; }
    std::optional<Segment> first(std::string_view name) const;  ///< the first segment of this name
    std::size_t count(std::string_view name) const;
    std::string_view before() const { return std::string_view(bytes_).substr(0, start_); }  ///< mark, blank lines
    /// Which segment and field a byte is in.
    Location locate(std::size_t offset) const;

private:
    friend class Segment;
    friend class Parser;
    struct Piece {
        std::size_t begin, end, next;           ///< text, and where the next segment begins
        std::size_t first_field, field_starts;  ///< in field_starts_
    };
    std::string bytes_;
    Delimiters delimiters_;
    std::size_t start_ = 0;
    std::vector<Piece> segments_;
    std::vector<std::size_t> field_starts_;  ///< of every segment: where each field's delimiter stands
};

struct ParseLimits {
    std::size_t segments = 20'000, fields = 512, repetitions = 1'000, observations = 10'000;
    std::size_t field_bytes = std::size_t{64} << 10;
    std::size_t document_bytes = std::size_t{15} << 20;  ///< OBX-5 where OBX-2 is ED
};

struct Parsed {
    Message message;               ///< up to the fault
    std::optional<Fault> fault;    ///< not HL7, or beyond a limit
    bool lf_line_ends = false;     ///< a warning: HL7 wants CR
    bool byte_order_mark = false;  ///< a warning
};

/// Never throws for what is in the bytes. Begins with MSH, FHS or BHS; a byte order mark and blank lines before it are
/// passed over.
Parsed parse(std::string bytes, const ParseLimits& limits = {});

}  // namespace microchim::lims
