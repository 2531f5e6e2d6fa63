// SQLite, thinly: a connection, statements that are prepared once, rows. Hides sqlite3.h. SQL is a constant of the
// program by construction, values are always bound. A connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace microchim::store {

/// The store cannot do it now or ever: disk full, read-only, locked, damaged. Nothing of the transaction was written.
class StoreError : public std::runtime_error {
public:
    StoreError(const std::string& message, int sqlite_code) : std::runtime_error(message), code(sqlite_code) {}
    int code;                 ///< SQLite's primary result code
    bool constraint() const;  ///< a row that is there already, or a value that is not allowed
    bool disk() const;        ///< full, read-only, or it fails
};

/// A statement's text. Only a literal becomes one: no SQL is ever put together from data.
class Sql {
public:
    template <std::size_t n>
    consteval Sql(const char (&literal)[n]) : text_(literal, n - 1) {}
    std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

struct Blob {
    std::string_view bytes;
};

/// One value to bind.
class Value {
public:
    enum class Kind { null, integer, real, text, blob };
    Value(std::nullopt_t) {}
    template <class T>
    requires std::is_integral_v<T> Value(T value) : kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
    Value(double value) : kind(Kind::real), real(value) {}
    Value(std::string_view value) : kind(Kind::text), bytes(value) {}
    Value(const std::string& value) : kind(Kind::text), bytes(value) {}
    Value(const char* value) : kind(Kind::text), bytes(value) {}
    Value(Blob value) : kind(Kind::blob), bytes(value.bytes) {}
    template <class T>
    Value(const std::optional<T>& value) {
        if (value) *this = Value(*value);
    }
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view bytes;  ///< must live until the statement has run
};

/// The rows of one statement. Columns count from 0; views are valid until next().
class Rows {
public:
    explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows();

    bool next();  ///< \throws StoreError
    bool null(int column) const;
    std::int64_t integer(int column) const;
    std::string_view view(int column) const;  ///< text or blob; empty for NULL
    std::string text(int column) const { return std::string(view(column)); }

private:
    sqlite3_stmt* statement_;
};

class Database {
public:
    enum class Mode { write, read };
    /// Opens, and in mode write makes, the file: WAL, synchronous=FULL, foreign keys on.
    /// \throws StoreError
    Database(const std::filesystem::path& file, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// A statement that gives rows; the values are copied. The same text may not be asked again before its rows are
    /// gone.
    template <class... Values>
    Rows query(Sql sql, const Values&... values) {
        return Rows(bound(sql, {Value(values)...}, true));
    }
    /// A statement that gives none.
    /// \returns how many rows it changed
    template <class... Values>
    std::int64_t run(Sql sql, const Values&... values) {
        return run_bound(bound(sql, {Value(values)...}, false));
    }
    /// Several statements, not prepared: the schema.
    void script(Sql sql);

    std::int64_t last_id() const;

private:
    sqlite3_stmt* bound(Sql sql, std::initializer_list<Value> values, bool copy);
    std::int64_t run_bound(sqlite3_stmt* statement);

    sqlite3* handle_ = nullptr;
    /// By the literal's address: two literals of one text are two statements at worst.
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace microchim::store
