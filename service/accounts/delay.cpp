#include "service/accounts/delay.hpp"

#include <algorithm>

namespace microchim::accounts {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::seconds longest = 5min;
constexpr auto remembered = 1h;              // without a further failure
constexpr std::size_t largest_table = 4096;  // then the old ones go

std::chrono::seconds wait_after(int failures) {
    return std::min(longest, std::chrono::seconds(1LL << std::min(failures - 1, 20)));
}

}  // namespace

void LoginDelay::forget_old(Table& table, Clock::time_point now) {
    if (table.size() < largest_table) return;
    std::erase_if(table, [&](const auto& entry) { return entry.second.next + remembered < now; });
    // Names that somebody invents must not fill the memory; who still waits is kept as long as there is room.
    if (table.size() >= 2 * largest_table) std::erase_if(table, [&](const auto& e) { return e.second.next < now; });
    while (table.size() >= 4 * largest_table) table.erase(table.begin());
}

std::optional<std::chrono::seconds> LoginDelay::begin(const std::string& account, const std::string& address,
                                                      Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    for (auto* table : {&accounts_, &addresses_, &known_}) forget_old(*table, now);
    const auto known = known_.find(account + '\n' + address);
    auto& of_account = known != known_.end() ? known->second : accounts_[account];
    auto& of_address = addresses_[address];
    const auto next = std::max(of_account.next, of_address.next);
    if (now < next) return std::chrono::ceil<std::chrono::seconds>(next - now);
    for (auto* failures : {&of_account, &of_address}) {
        if (failures->next + remembered < now) failures->count = 0;
        failures->next = now + wait_after(++failures->count);
    }
    return std::nullopt;
}

void LoginDelay::succeeded(const std::string& account, const std::string& address) {
    const std::scoped_lock lock(mutex_);
    accounts_.erase(account);
    addresses_.erase(address);
    known_[account + '\n' + address] = {};
}

}  // namespace microchim::accounts
