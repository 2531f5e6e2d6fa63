#include "service/store/audit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "service/store/json_line.hpp"
#include "service/store/store.hpp"

namespace microchim::store {
namespace {

using Json = nlohmann::ordered_json;

const std::string beginning(32, '\0');  // what stands before the first row

struct Link {
    std::int64_t row = 0;
    std::string hash = beginning;
};

Link last(Database& db) {
    auto rows = db.query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (!rows.next()) return {};
    return {rows.integer(0), rows.text(1)};
}

std::string hash_of(std::string_view before, std::int64_t row, std::string_view at, const AuditEntry& entry) {
    JsonLine document;
    document.add("seq", row)
        .add("at", at)
        .add("actor", entry.actor)
        .add("role", entry.role)
        .add("action", entry.action)
        .add("object", entry.object)
        .add("old_sha256", hex(entry.old_sha256))
        .add("new_sha256", hex(entry.new_sha256))
        .add("reason", entry.reason);
    return sha256_bytes(std::string(before) + document.text());
}

Value blob_or_null(std::string_view bytes) {
    return bytes.empty() ? Value(std::nullopt) : Value(Blob{bytes});
}

std::string signed_text(const Checkpoint& checkpoint) {
    return "microchim audit checkpoint\n" + checkpoint.at + "\n" + std::to_string(checkpoint.row) + "\n" +
           checkpoint.hash;
}

void append_line(const std::filesystem::path& file, const std::string& line) {
    const int fd = ::open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool written =
        fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fdatasync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!written) throw std::runtime_error("The audit's checkpoint cannot be written to '" + file.string() + "'.");
}

}  // namespace

std::int64_t append(Database& db, const AuditEntry& entry) {
    const auto before = last(db);
    const auto at = utc(now_ms());
    const auto hash = hash_of(before.hash, before.row + 1, at, entry);
    db.run(
        "INSERT INTO audit(seq, at, actor, role, action, object, old_sha256, new_sha256, reason, prev, hash) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        before.row + 1, at, entry.actor, entry.role, entry.action, entry.object, blob_or_null(entry.old_sha256),
        blob_or_null(entry.new_sha256), entry.reason, Blob{before.hash}, Blob{hash});
    return before.row + 1;
}

bool add_checkpoint(Database& db, const SigningKey& key, const std::filesystem::path& file) {
    const auto end = last(db);
    const auto earlier = read_checkpoints(file);
    if (end.row == 0 || (!earlier.empty() && earlier.back().row == end.row)) return false;
    Checkpoint checkpoint{utc(now_ms()), end.row, hex(end.hash), {}};
    checkpoint.signature = hex(key.sign(signed_text(checkpoint)));
    const Json line{
        {"at", checkpoint.at}, {"row", checkpoint.row}, {"hash", checkpoint.hash}, {"signature", checkpoint.signature}};
    // The line end comes first too: half a line that a power cut left is closed by it.
    append_line(file, "\n" + line.dump() + "\n");
    return true;
}

std::vector<Checkpoint> read_checkpoints(const std::filesystem::path& file) {
    std::vector<Checkpoint> checkpoints;
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) try {
            const auto document = Json::parse(line);
            checkpoints.push_back(
                {document.at("at"), document.at("row"), document.at("hash"), document.at("signature")});
        } catch (const Json::exception&) {
            // A power cut leaves half a line. Whoever would spoil a line on purpose could as well delete it.
        }
    return checkpoints;
}

AuditCheck verify_audit(Database& db, const std::vector<Checkpoint>& checkpoints, const SigningKey* key) {
    AuditCheck check;
    if (!key && !checkpoints.empty()) {
        check.what = "The signing key is missing: the checkpoints of the audit cannot be verified.";
        return check;
    }
    const auto broken = [&](std::int64_t row, std::string what) {
        check.first_bad = row;
        check.what = std::move(what);
        return check;
    };
    auto next = checkpoints.begin();
    std::string before = beginning;
    auto rows = db.query(
        "SELECT seq, at, actor, role, action, object, old_sha256, new_sha256, reason, prev, hash "
        "FROM audit ORDER BY seq");
    while (rows.next()) {
        const auto row = rows.integer(0);
        if (row != check.rows + 1)
            return broken(check.rows + 1, "Row " + std::to_string(check.rows + 1) + " of the audit is missing.");
        const AuditEntry entry{rows.view(2), rows.view(3), rows.view(4), rows.view(5),
                               rows.view(6), rows.view(7), rows.view(8)};
        if (rows.view(9) != before || hash_of(before, row, rows.view(1), entry) != rows.view(10))
            return broken(row, "Row " + std::to_string(row) + " of the audit was changed.");
        before = rows.text(10);
        check.rows = row;
        for (; next != checkpoints.end() && next->row == row; ++next)
            if (next->hash != hex(before) || !key->verify(signed_text(*next), from_hex(next->signature)))
                return broken(row, "Row " + std::to_string(row) + " of the audit does not agree with its checkpoint.");
    }
    if (next != checkpoints.end())
        return broken(check.rows + 1, "The audit ends at row " + std::to_string(check.rows) +
                                          ", but a checkpoint tells of row " + std::to_string(checkpoints.back().row) +
                                          ".");
    return check;
}

}  // namespace microchim::store
