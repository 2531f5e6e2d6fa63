// C++ comfort over reader.h, header only and compiled into the plugin: an author writes a
// struct with four strings and two static functions, throws where the file is wrong, and ends
// with MICROCHIM_READER(Struct). table.hpp adds delimited tables.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/reader.h"

namespace microchim::reader {

/// What a reader reports for a number that the file does not state.
inline constexpr double not_stated = std::numeric_limits<double>::quiet_NaN();

/// A view as the C interface wants it. The characters must outlive the call they are used in.
inline microchim_text text(std::string_view view) {
    return {view.data(), view.size()};
}

/// A curve of which nothing is stated yet.
inline microchim_curve no_curve() {
    microchim_curve curve{};
    curve.type = curve.amplified = -1;
    curve.cq = curve.threshold = curve.quantity = curve.efficiency = not_stated;
    curve.baseline_first = curve.baseline_last = -1;
    return curve;
}

/// The files of one drop, sorted by name. Views stay valid while probe or read runs.
struct Bundle {
    const microchim_bundle& c;

    /// Calls work(0) ... work(tasks - 1), several at a time where that pays; they must not call the sink. What the
    /// first of them throws, by number, is thrown here when all are done.
    template <class Work>
    void each(std::size_t tasks, Work work) const {
        struct Context {
            Work& work;
            std::vector<std::exception_ptr> failures;
        } context{work, std::vector<std::exception_ptr>(tasks)};
        c.each(
            c.self, tasks,
            [](void* self, std::size_t task) {
                auto& shared = *static_cast<Context*>(self);
                try {
                    shared.work(task);
                } catch (...) {
                    shared.failures[task] = std::current_exception();
                }
            },
            &context);
        for (const auto& failure : context.failures)
            if (failure) std::rethrow_exception(failure);
    }

    std::size_t size() const { return c.count; }
    /// Relative path with '/'; empty past the end.
    std::string_view name(std::size_t i) const { return i < c.count ? view(c.name(c.self, i)) : std::string_view{}; }
    /// The whole content as it is in the file; empty past the end.
    std::string_view bytes(std::size_t i) const { return i < c.count ? view(c.bytes(c.self, i)) : std::string_view{}; }

private:
    static std::string_view view(microchim_text t) { return t.size ? std::string_view{t.data, t.size} : ""; }
};

/// Where facts go. The host copies everything before a call returns.
struct Sink {
    const microchim_sink& c;

    void run(const microchim_run& fact) const { c.run(c.self, &fact); }
    void react(const microchim_react& fact) const { c.react(c.self, &fact); }
    void curve(const microchim_curve& fact) const { c.curve(c.self, &fact); }
    void series(const microchim_series& fact) const { c.series(c.self, &fact); }
    void partitions(const microchim_partitions& fact) const { c.partitions(c.self, &fact); }
    void counts(const microchim_counts& fact) const { c.counts(c.self, &fact); }
    /// Anything else the file says; `well` is empty for the run.
    void attribute(std::string_view well, std::string_view key, std::string_view value) const {
        c.attribute(c.self, text(well), text(key), text(value));
    }
    /// `severity` is MICROCHIM_INFO, _WARNING or _ERROR; `where` is "A01" or "run.csv:17, column 'Positives'".
    void note(std::int32_t severity, std::string_view where, std::string_view what) const {
        c.note(c.self, severity, text(where), text(what));
    }
};

/// The file is not as it should be. `where` is "run.csv:3, column 'Positives'", what() is "'2l' is not a number".
class FormatError : public std::runtime_error {
public:
    FormatError(std::string address, const std::string& what) : runtime_error(what), where(std::move(address)) {}
    std::string where;
};

namespace detail {

inline void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        tail(12), tail(6), tail(0);
    }
}

/// Length of the well-formed UTF-8 character at the front (RFC 3629, section 4), 0 where there is none.
inline std::size_t character(std::string_view s) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(i < s.size() ? s[i] : 0); };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
    const unsigned char a = at(0), b = at(1);
    if (a < 0x80) return 1;
    if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        const bool overlong = a == 0xE0 && b < 0xA0, surrogate = a == 0xED && b > 0x9F;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        const bool overlong = a == 0xF0 && b < 0x90, too_big = a == 0xF4 && b > 0x8F;
        return tail(1) && tail(2) && tail(3) && !overlong && !too_big ? 4 : 0;
    }
    return 0;
}

inline bool valid_utf8(std::string_view s) {
    for (std::size_t i = 0; i < s.size();) {
        std::uint64_t word = 0;  // eight ASCII characters at once: most files have no others
        if (i + 8 <= s.size() && (std::memcpy(&word, s.data() + i, 8), (word & 0x8080808080808080u) == 0)) {
            i += 8;
            continue;
        }
        const auto length = character(s.substr(i, 4));
        if (length == 0) return false;
        i += length;
    }
    return true;
}

inline std::string from_utf16(std::string_view s, bool big_endian) {
    const auto unit = [&](std::size_t i) {
        const auto first = static_cast<unsigned char>(s[i]), second = static_cast<unsigned char>(s[i + 1]);
        return static_cast<std::uint32_t>(big_endian ? first << 8 | second : second << 8 | first);
    };
    std::string out;
    out.reserve(s.size() / 2);
    for (std::size_t i = 0; i + 1 < s.size(); i += 2) {
        std::uint32_t code = unit(i);
        const bool high = code >= 0xD800 && code < 0xDC00;
        if (high && i + 3 < s.size() && unit(i + 2) >= 0xDC00 && unit(i + 2) < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
            i += 2;
        } else if (code >= 0xD800 && code < 0xE000) {
            code = 0xFFFD;  // half of a pair
        }
        append_utf8(out, code);
    }
    return out;
}

inline std::string from_windows_1252(std::string_view s) {
    // 0x80 to 0x9F; the five that Windows leaves open keep their Latin-1 meaning.
    static constexpr std::array<std::uint16_t, 32> upper{
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    std::string out;
    out.reserve(s.size() + s.size() / 8);
    for (const char c : s) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(out, byte >= 0x80 && byte < 0xA0 ? upper[byte - 0x80] : byte);
    }
    return out;
}

}  // namespace detail

/// The text of a file as UTF-8 without a byte order mark: UTF-16 (by its mark) is converted, valid
/// UTF-8 is taken as it is, anything else is Windows-1252, which contains Latin-1. Never fails.
inline std::string utf8(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE")) return detail::from_utf16(bytes.substr(2), false);
    if (bytes.starts_with("\xFE\xFF")) return detail::from_utf16(bytes.substr(2), true);
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    return detail::valid_utf8(bytes) ? std::string(bytes) : detail::from_windows_1252(bytes);
}

/// For probes: whether the first 4 kB look like text: no control characters but tabs and line ends. UTF-16
/// counts by its mark.
inline bool is_text(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return true;
    for (const char c : bytes.substr(0, 4096)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || byte == 0x7F) return false;
    }
    return true;
}

namespace detail {

/// No exception crosses the boundary: it becomes an error note and a non-zero answer.
template <class Work>
std::int32_t guarded(const Sink& sink, std::int32_t failure, Work work) noexcept {
    try {
        return work();
    } catch (const FormatError& e) {
        sink.note(MICROCHIM_ERROR, e.where, e.what());
    } catch (const std::bad_alloc&) {
        sink.note(MICROCHIM_ERROR, "", "there is not enough memory to read this");
    } catch (const std::exception& e) {
        sink.note(MICROCHIM_ERROR, "", e.what());
    } catch (...) {
        sink.note(MICROCHIM_ERROR, "", "the reader failed without saying why");
    }
    return failure;
}

template <class Reader>
std::int32_t probe(const microchim_bundle* bundle, const microchim_sink* sink) noexcept {
    return guarded(Sink{*sink}, MICROCHIM_NO, [&]() -> std::int32_t {
        if constexpr (requires { Reader::probe(Bundle{*bundle}, Sink{*sink}); })
            return Reader::probe(Bundle{*bundle}, Sink{*sink});
        else return Reader::probe(Bundle{*bundle});
    });
}

template <class Reader>
std::int32_t read(const microchim_bundle* bundle, const microchim_sink* sink) noexcept {
    return guarded(Sink{*sink}, 1, [&]() -> std::int32_t { return Reader::read(Bundle{*bundle}, Sink{*sink}), 0; });
}

}  // namespace detail
}  // namespace microchim::reader

/// Exports a reader. The struct has `static constexpr const char *id, *name, *version, *maturity`,
/// `static std::int32_t probe(const Bundle&)` (or with `const Sink&` as second, to say why in one note)
/// and `static void read(const Bundle&, const Sink&)`. Once per plugin, at global scope.
#define MICROCHIM_READER(Struct)                                               \
    extern "C" MICROCHIM_EXPORT const microchim_reader microchim_reader_v0 = { \
        Struct::id,                                                            \
        Struct::name,                                                          \
        Struct::version,                                                       \
        Struct::maturity,                                                      \
        &microchim::reader::detail::probe<Struct>,                             \
        &microchim::reader::detail::read<Struct>}
