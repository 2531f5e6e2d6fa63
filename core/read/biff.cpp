#include "core/read/biff.hpp"

#include <iconv.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "core/read/compound.hpp"
#include "core/read/grid.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {
namespace {

enum : std::uint32_t {  // the records that matter (2.3.2)
    formula = 0x06,
    eof = 0x0A,
    filepass = 0x2F,
    continued = 0x3C,
    codepage = 0x42,
    boundsheet = 0x85,
    mulrk = 0xBD,
    rstring = 0xD6,
    sst = 0xFC,
    labelsst = 0xFD,
    number = 0x203,
    label = 0x204,
    boolerr = 0x205,
    string = 0x207,
    rk = 0x27E,
    bof = 0x809
};

constexpr auto damaged = "a record of it is damaged";

struct Record {
    std::uint32_t type = 0;
    std::string_view body;
    std::size_t end = 0;  ///< where the next one begins

    std::uint32_t at(std::size_t place, std::size_t size) const {
        if (place + size > body.size()) throw std::runtime_error(damaged);
        return little(body, place, size);
    }
    double real(std::size_t place) const {
        return std::bit_cast<double>(std::uint64_t{at(place + 4, 4)} << 32 | at(place, 4));
    }
};

std::optional<Record> record(std::string_view book, std::size_t at) {
    if (at + 4 > book.size()) return std::nullopt;
    const auto size = little(book, at + 2, 2);
    if (size > book.size() - at - 4) throw std::runtime_error("it was cut off");
    return Record{little(book, at, 2), book.substr(at + 4, size), at + 4 + size};
}

/// The bytes of a record and of those that continue it. A text may go on in the next one, and then says anew whether
/// its characters have one byte or two (2.5.296).
class Pieces {
public:
    Pieces(std::string_view book, const Record& first) : book_(book), piece_(first) {}

    std::uint32_t number(std::size_t size) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value |= std::uint32_t{byte()} << 8 * i;
        return value;
    }

    void skip(std::size_t size) {
        while (size > 0) {
            if (at_ == piece_.body.size()) next();
            const auto step = std::min(size, piece_.body.size() - at_);
            at_ += step;
            size -= step;
        }
    }

    /// So many characters: UTF-16, or its lower half.
    std::string text(std::size_t length, bool wide) {
        std::string utf16;
        while (length > 0) {
            if (at_ == piece_.body.size()) {
                next();
                wide = (byte() & 1) != 0;
            }
            const std::size_t width = wide ? 2 : 1;
            const auto step = std::min(length, (piece_.body.size() - at_) / width);
            if (step == 0) throw std::runtime_error(damaged);
            for (std::size_t i = 0; i < step; ++i) {
                utf16 += piece_.body[at_ + i * width];
                utf16 += wide ? piece_.body[at_ + i * width + 1] : '\0';
            }
            at_ += step * width;
            length -= step;
        }
        return reader::detail::from_utf16(utf16, false);
    }

    /// With its length and its flags before it (2.5.293).
    std::string rich_text() {
        const auto length = number(2);
        const auto flags = number(1);
        const std::size_t runs = flags & 8 ? number(2) : 0, phonetic = flags & 4 ? number(4) : 0;
        auto out = text(length, (flags & 1) != 0);
        skip(runs * 4);
        skip(phonetic);
        return out;
    }

private:
    unsigned char byte() {
        if (at_ == piece_.body.size()) next();
        return static_cast<unsigned char>(piece_.body[at_++]);
    }

    void next() {
        do {
            const auto following = record(book_, piece_.end);
            if (!following || following->type != continued) throw std::runtime_error(damaged);
            piece_ = *following;
        } while (piece_.body.empty());
        at_ = 0;
    }

    std::string_view book_;
    Record piece_;
    std::size_t at_ = 0;
};

/// Before BIFF8 texts are in the code page of the computer that wrote them.
std::string from_code_page(std::string_view bytes, std::uint32_t page) {
    if (std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return std::string(bytes);
    const auto name = page == 10000 || page == 0x8000 ? "MACINTOSH" : "CP" + std::to_string(page);
    const auto converter = page == 1252 || page == 0x8001 ? iconv_t(-1) : iconv_open("UTF-8", name.c_str());
    if (converter == iconv_t(-1)) return reader::detail::from_windows_1252(bytes);
    std::string in(bytes), out(4 * bytes.size(), '\0');
    char *from = in.data(), *to = out.data();
    std::size_t left = in.size(), room = out.size();
    const auto done = iconv(converter, &from, &left, &to, &room);
    iconv_close(converter);
    if (done == std::size_t(-1)) return reader::detail::from_windows_1252(bytes);
    out.resize(out.size() - room);
    return out;
}

double from_rk(std::uint32_t packed) {  // 2.5.217
    const double value = packed & 2 ? static_cast<double>(static_cast<std::int32_t>(packed) >> 2)
                                    : std::bit_cast<double>(std::uint64_t{packed & 0xFFFFFFFC} << 32);
    return packed & 1 ? value / 100 : value;
}

std::string truth(std::uint32_t value, bool error) {
    if (!error) return value ? "TRUE" : "FALSE";
    static const std::map<std::uint32_t, const char*> words{{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"},
                                                            {0x17, "#REF!"},  {0x1D, "#NAME?"},  {0x24, "#NUM!"},
                                                            {0x2A, "#N/A"}};
    const auto word = words.find(value);
    return word == words.end() ? "#N/A" : word->second;
}

struct Listed {
    std::size_t at;
    std::string name;
    bool hidden;
};

class Book {
public:
    Book(std::string_view bytes, std::uint64_t most) : bytes_(bytes), most_(most) {}

    std::vector<Sheet> sheets() {
        const auto listed = globals();
        std::map<std::size_t, std::string> tables;  // by where they begin
        for (const auto& sheet : listed)
            if (!tables.try_emplace(sheet.at).second) throw std::runtime_error("two of its sheets are one");
        std::size_t read_to = 0;
        for (auto& [at, csv] : tables) {  // what lies in each other would be read again and again
            if (at < read_to) throw std::runtime_error("one of its sheets lies in another");
            read_to = at;
            csv = table(read_to);
            most_ -= csv.size();
        }
        std::vector<Sheet> found;
        for (const auto& sheet : listed)
            if (auto& csv = tables[sheet.at]; !csv.empty()) found.push_back({sheet.name, std::move(csv), sheet.hidden});
        return found;
    }

    bool locked() {
        std::size_t at = 0;
        for (auto one = next(at); one.type != eof && one.type != boundsheet; one = next(at))
            if (one.type == filepass) return true;
        return false;
    }

private:
    struct Cell {
        std::uint32_t row, column;
        std::string text;
    };

    std::vector<Listed> globals() {
        std::vector<Listed> listed;
        std::size_t at = 0;
        for (auto one = begin(at); one.type != eof; one = next(at)) {
            if (one.type == codepage) page_ = one.at(0, 2);
            if (one.type == sst) read_strings(one);
            if (one.type == boundsheet && (one.at(5, 1) & 0x0F) == 0)  // a table, no chart and no macros
                listed.push_back({one.at(0, 4), short_text(one, 6), (one.at(4, 1) & 3) != 0});
        }
        return listed;
    }

    /// The record at the begin of a part: it says the version.
    Record begin(std::size_t& at) {
        const auto first = record(bytes_, at);
        if (!first || first->type != bof) throw std::runtime_error("a part of it is missing");
        unicode_ = first->at(0, 2) >= 0x600;
        at = first->end;
        return *first;
    }

    Record next(std::size_t& at) {
        const auto one = record(bytes_, at);
        if (!one) throw std::runtime_error("it was cut off");
        at = one->end;
        return *one;
    }

    void read_strings(const Record& first) {
        Pieces pieces(bytes_, first);
        pieces.skip(4);
        const auto count = pieces.number(4);
        for (std::uint32_t i = 0; i < count; ++i) strings_.push_back(pieces.rich_text());
    }

    std::string short_text(const Record& one, std::size_t at) const {
        const auto length = one.at(at, 1);
        const bool wide = unicode_ && (one.at(at + 1, 1) & 1) != 0;
        const std::size_t begin = at + 1 + (unicode_ ? 1 : 0), size = length * (wide ? 2u : 1u);
        if (begin + size > one.body.size()) throw std::runtime_error(damaged);
        const auto bytes = one.body.substr(begin, size);
        if (!unicode_) return from_code_page(bytes, page_);
        Pieces pieces(bytes_, one);
        pieces.skip(begin);
        return pieces.text(length, wide);
    }

    /// A text that a record holds from that place on, its length before it.
    std::string long_text(const Record& one, std::size_t at) const {
        const auto length = one.at(at, 2);
        if (!unicode_) {
            if (at + 2 + length > one.body.size()) throw std::runtime_error(damaged);
            return from_code_page(one.body.substr(at + 2, length), page_);
        }
        Pieces pieces(bytes_, one);
        pieces.skip(at);
        return pieces.rich_text();
    }

    /// The table that begins there; then `at` is where it ends.
    std::string table(std::size_t& at) {
        cells_.clear();
        weight_ = 0;
        begin(at);
        std::size_t inside = 0;  // charts in the sheet are parts of their own
        for (auto one = next(at); one.type != eof || inside-- > 0; one = next(at)) {
            if (one.type == bof) ++inside;
            if (inside == 0) read(one);
        }
        return write();
    }

    void add(const Record& one, std::string text) {
        weigh(text);
        cells_.push_back({one.at(0, 2), one.at(2, 2), std::move(text)});
        awaited_ = false;
    }

    void weigh(const std::string& text) {
        if ((weight_ += text.size() + 1) > most_) throw std::runtime_error("it unpacks to more than is allowed");
    }

    void read(const Record& one) {
        switch (one.type) {
            case labelsst: {
                const auto index = one.at(6, 4);
                if (index >= strings_.size()) throw std::runtime_error("a text is missing from it");
                return add(one, strings_[index]);
            }
            case label:
            case rstring:
                return add(one, long_text(one, 6));
            case number:
                return add(one, digits_of(one.real(6)));
            case rk:
                return add(one, digits_of(from_rk(one.at(6, 4))));
            case boolerr:
                return add(one, truth(one.at(6, 1), one.at(7, 1) != 0));
            case mulrk:
                for (std::uint32_t i = 0; 4 + 6 * i + 8 <= one.body.size(); ++i) {
                    add(one, digits_of(from_rk(one.at(4 + 6 * i + 2, 4))));
                    cells_.back().column += i;
                }
                return;
            case formula:
                add(one, result(one));
                awaited_ = one.at(12, 2) == 0xFFFF && one.at(6, 1) == 0;
                return;
            case string:  // of the formula before it
                if (!awaited_) return;
                cells_.back().text = long_text(one, 0);
                weigh(cells_.back().text);
                awaited_ = false;
                return;
            default:
                return;
        }
    }

    static std::string result(const Record& one) {
        if (one.at(12, 2) != 0xFFFF) return digits_of(one.real(6));
        const auto kind = one.at(6, 1);
        return kind == 1 || kind == 2 ? truth(one.at(8, 1), kind == 2) : std::string();
    }

    /// Some programs write the rows in another order, and a cell twice: the last one counts.
    std::string write() {
        const auto before = [](const Cell& a, const Cell& b) {
            return a.row != b.row ? a.row < b.row : a.column < b.column;
        };
        std::ranges::stable_sort(cells_, before);
        Grid grid(most_);
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const auto& cell = cells_[i];
            if (i + 1 < cells_.size() && !before(cell, cells_[i + 1])) continue;
            if (cell.row + 1 >= grid.next_row()) grid.row(cell.row + 1);
            grid.cell(cell.column, cell.text);
        }
        return grid.csv();
    }

    std::string_view bytes_;
    std::uint64_t most_, weight_ = 0;
    bool unicode_ = true, awaited_ = false;
    std::uint32_t page_ = 1252;
    std::vector<std::string> strings_;
    std::vector<Cell> cells_;
};

std::optional<std::string> book_of(std::string_view file) {
    auto book = stream(file, "Workbook");
    return book ? std::move(book) : stream(file, "Book");
}

}  // namespace

Old kind_of_compound(std::string_view file) {
    if (!is_compound(file)) return Old::other;
    try {
        if (stream(file, "EncryptedPackage")) return Old::locked;  // an .xlsx with a password ([MS-OFFCRYPTO] 2.3.4)
        const auto book = book_of(file);
        if (!book) return Old::other;
        return Book(*book, 0).locked() ? Old::locked : Old::workbook;
    } catch (const std::runtime_error&) {
        return Old::workbook;  // and what is wrong with it is said when it is read
    }
}

std::vector<Sheet> old_sheets(std::string_view file, std::uint64_t most) {
    const auto book = book_of(file);
    if (!book) throw std::runtime_error("it holds no workbook");
    return Book(*book, most).sheets();
}

}  // namespace microchim::read
