#include "service/serve/watch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

#include "core/run/errors.hpp"
#include "service/net/certificate.hpp"
#include "service/serve/listeners.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace {

bool among(const std::vector<Alarm>& alarms, const Alarm& one) {
    return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& other) { return other.code == one.code; });
}

std::vector<Facts::Certificate> certificates(const Settings& settings) {
    std::vector<Facts::Certificate> list;
    for (const auto& file : own_certificates(settings)) try {
            list.push_back({file.string(), net::days_left(file.string())});
        } catch (const ConfigError&) {
            list.push_back({file.string(), -1});  // gone, or spoilt: the next start would fail
        }
    return list;
}

}  // namespace

Watch::Watch(store::Store& store, const Settings& settings)
    : store_(store),
      settings_(settings),
      wall_(std::chrono::system_clock::now()),
      steady_(std::chrono::steady_clock::now()) {}

double Watch::clock_step() {
    const auto wall = std::chrono::system_clock::now();
    const auto steady = std::chrono::steady_clock::now();
    const auto moved = std::chrono::duration<double>((wall - wall_) - (steady - steady_)).count();
    wall_ = wall;
    steady_ = steady;
    if (std::abs(moved) > 1) {
        step_ = moved;
        stepped_ = steady;
    }
    return steady - stepped_ < std::chrono::hours(1) ? step_ : 0;
}

Facts Watch::facts() {
    auto facts = store_.read([](store::Database& db) {
        Facts found;
        auto rows = db.query(
            "SELECT coalesce(min(CASE WHEN state IN('queued','claimed','sent') THEN created_at END), 0), "
            "total(state='dead'), total(state='held') FROM outbox WHERE state "
            "IN('queued','claimed','sent','dead','held')");
        rows.next();
        if (const auto oldest = rows.integer(0)) found.oldest_unsent_seconds = (store::now_ms() - oldest) / 1000;
        found.dead = rows.integer(1);
        found.held = rows.integer(2);
        return found;
    });
    std::error_code error;
    const auto space = fs::space(settings_.data, error);
    if (!error) {
        facts.disk_free = space.available;
        facts.disk_size = space.capacity;
    }
    facts.disk_reserve = error ? 0 : settings_.disk_reserve;
    facts.clock_step_seconds = clock_step();
    facts.certificates = certificates(settings_);
    return facts;
}

void Watch::look() try {
    const auto found = facts();
    store_.set_full(disk_full(found));
    auto now = service::alarms(found);
    const std::scoped_lock lock(mutex_);
    for (const auto& alarm : now)
        if (!among(now_, alarm)) spdlog::warn("alarm {}: {}", alarm.code, alarm.sentence);
    for (const auto& alarm : now_)
        if (!among(now, alarm)) spdlog::info("alarm {} is over", alarm.code);
    now_ = std::move(now);
} catch (const store::StoreError& error) {
    spdlog::error("watch: {}", error.what());  // the store can say nothing now: look again in half a minute
}

std::vector<Alarm> Watch::alarms() const {
    const std::scoped_lock lock(mutex_);
    return now_;
}

}  // namespace microchim::service
