#include "service/accounts/sessions.hpp"

#include <algorithm>

#include "service/accounts/secret.hpp"
#include "service/store/store.hpp"

namespace microchim::accounts {
namespace {

constexpr std::size_t most_of_one_user = 16;

}  // namespace

Sessions::Opened Sessions::open(Principal person, const std::string& address, Clock::time_point now) {
    const Opened opened{random_secret(), random_secret(), random_secret(12)};
    person.session = opened.name;
    const std::scoped_lock lock(mutex_);
    std::erase_if(by_secret_, [&](const auto& entry) { return entry.second.over(now); });
    const auto is_own = [&](const auto& entry) { return entry.second.principal.id == person.id; };
    if (std::ranges::count_if(by_secret_, is_own) >= static_cast<std::ptrdiff_t>(most_of_one_user)) {
        auto oldest = by_secret_.end();
        for (auto at = by_secret_.begin(); at != by_secret_.end(); ++at)
            if (is_own(*at) && (oldest == by_secret_.end() || at->second.used < oldest->second.used)) oldest = at;
        by_secret_.erase(oldest);
    }
    by_secret_[fingerprint(opened.secret)] = {std::move(person), opened.csrf, address, store::now_ms(), now, now};
    return opened;
}

std::optional<Sessions::Found> Sessions::find(std::string_view secret, bool use, Clock::time_point now) {
    const auto key = fingerprint(secret);
    const std::scoped_lock lock(mutex_);
    const auto at = by_secret_.find(key);
    if (at == by_secret_.end()) return std::nullopt;
    if (at->second.over(now)) {
        by_secret_.erase(at);
        return std::nullopt;
    }
    if (use) at->second.used = now;
    return Found{at->second.principal, at->second.csrf};
}

bool Sessions::lives(const std::string& name, Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(by_secret_, [&](const auto& entry) {
        return entry.second.principal.session == name && !entry.second.over(now);
    });
}

std::vector<Sessions::Listed> Sessions::list(const std::string& user, Clock::time_point now) {
    std::vector<Listed> listed;
    const std::scoped_lock lock(mutex_);
    for (const auto& [secret, session] : by_secret_)
        if (session.principal.id == user && !session.over(now))
            listed.push_back({session.principal.session, session.address, session.opened_at,
                              std::chrono::duration_cast<std::chrono::seconds>(now - session.used)});
    std::ranges::sort(listed, {}, [](const Listed& l) { return std::pair(l.opened_at, l.name); });
    return listed;
}

bool Sessions::end(const std::string& user, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return std::erase_if(by_secret_, [&](const auto& entry) {
               return entry.second.principal.id == user && entry.second.principal.session == name;
           }) > 0;
}

void Sessions::end_all(const std::string& user, const std::string& but) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(by_secret_, [&](const auto& entry) {
        return entry.second.principal.id == user && (but.empty() || entry.second.principal.session != but);
    });
}

}  // namespace microchim::accounts
