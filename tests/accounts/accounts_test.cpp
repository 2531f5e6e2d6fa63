// Passwords, delays, sessions, tokens and the first admin, on a real store.
#include "service/accounts/accounts.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "service/accounts/password.hpp"
#include "service/store/audit.hpp"

using namespace microchim;
using namespace microchim::accounts;
using namespace std::chrono_literals;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("microchim-accounts-" + std::to_string(::getpid()));
    Folder() { std::filesystem::remove_all(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

const std::string good = "violet-kettle-parade";

std::string code_of(const std::function<void()>& what) {
    try {
        what();
    } catch (const AccountError& error) {
        return error.code;
    }
    return {};
}

}  // namespace

TEST_CASE("which passwords are taken") {
    const auto refused = [](std::string_view password) {
        return password_fault(password, "mmeier", "Maria Meier").has_value();
    };
    CHECK(!refused(good));
    CHECK(!refused("ünïcödé wörds"));  // 13 characters
    CHECK(refused("ünïcödé-wö"));      // 10 characters, more bytes
    CHECK(refused("elevenchars"));
    CHECK(!refused("twelve-chars"));
    CHECK(refused(std::string(129, 'x')));
    CHECK(refused("abababababababab"));
    CHECK(refused("Password-123456"));
    CHECK(refused("passwordpassword"));
    CHECK(refused("Microchim2026!"));
    CHECK(refused("mariameier1987"));
    CHECK(refused("violet-kettle\nparade"));
    CHECK(refused("violet-kettle\xff-parade"));
}

TEST_CASE("after a failure the next try waits, twice as long each time, five minutes at most") {
    LoginDelay delay;
    auto now = LoginDelay::Clock::now();
    int tries = 0;
    for (int second = 0; second < 600; ++second)
        if (!delay.begin("a", "1.2.3.4", now + std::chrono::seconds(second))) ++tries;
    CHECK(tries < 30);
    CHECK(tries >= 8);
    // Never for good.
    CHECK(!delay.begin("a", "1.2.3.4", now + 600s + 5min));
    // Another account from another address is not touched; the same address is.
    CHECK(!delay.begin("b", "5.6.7.8", now + 900s));
    CHECK(delay.begin("c", "5.6.7.8", now + 900s));
}

TEST_CASE("a stranger cannot keep a user away from where the user logged in before") {
    LoginDelay delay;
    const auto now = LoginDelay::Clock::now();
    REQUIRE(!delay.begin("owner", "home", now));
    delay.succeeded("owner", "home");
    for (int i = 0; i < 5; ++i) delay.begin("owner", "away", now + std::chrono::minutes(i));
    CHECK(delay.begin("owner", "elsewhere", now + 4min + 1s));
    CHECK(!delay.begin("owner", "home", now + 4min + 1s));
}

TEST_CASE("sessions end when idle, when old, and when ended") {
    Sessions sessions;
    const auto start = Sessions::Clock::now();
    Principal who;
    who.id = "u";
    const auto one = sessions.open(who, "a", start), two = sessions.open(who, "a", start);
    CHECK(one.secret != two.secret);
    CHECK(one.secret.size() == 43);
    CHECK(sessions.find(one.secret, true, start + 14min));
    CHECK(!sessions.find(two.secret, true, start + 15min));
    CHECK(sessions.find(one.secret, false, start + 28min));
    CHECK(!sessions.find(one.secret, true, start + 29min));  // the look before did not prolong it
    const auto three = sessions.open(who, "a", start);
    for (auto at = start; at < start + 12h; at += 10min) REQUIRE(sessions.find(three.secret, true, at));
    CHECK(!sessions.find(three.secret, true, start + 12h));
    const auto four = sessions.open(who, "a"), five = sessions.open(who, "a");
    CHECK(!sessions.end("another", four.name));
    CHECK(sessions.end("u", four.name));
    CHECK(!sessions.find(four.secret));
    sessions.end_all("u");
    CHECK(!sessions.find(five.secret));
    CHECK(!sessions.find(""));
}

TEST_CASE("the first admin, users and tokens, and their rows in the audit") {
    const Folder folder;
    store::Store store(folder.path);
    Accounts accounts(store, {{"lis.example.org", "LIS"}});
    auto now = Accounts::Clock::now();
    const auto code = accounts.offer_setup(now);
    REQUIRE(code);
    CHECK(std::holds_alternative<Accounts::Wrong>(accounts.set_up("guess", "root1", "Root", good, "x", now)));
    CHECK(std::holds_alternative<Accounts::Wrong>(accounts.set_up(*code, "boss", "Boss", good, "y", now + 30min)));
    CHECK(std::holds_alternative<User>(accounts.set_up(*code, "boss", "Boss", good, "z", now)));
    CHECK(!accounts.offer_setup(now));
    CHECK(std::holds_alternative<Accounts::Wrong>(accounts.set_up(*code, "boss2", "Boss", good, "w", now)));

    const Actor boss{"boss", "admin"};
    accounts.users.add(boss, {"rev", "Reviewer Two", Role::reviewer, "ladder-orbit-mango"});
    CHECK(code_of([&] { accounts.users.add(boss, {"rev", "X", Role::reviewer, good}); }) == "user.exists");
    CHECK(code_of([&] { accounts.users.add(boss, {"Rev", "X", Role::reviewer, good}); }) == "field.value");
    CHECK(code_of([&] { accounts.users.add(boss, {"bot", "X", Role::lims, good}); }) == "field.value");
    CHECK(code_of([&] { accounts.users.close(boss, "boss"); }) == "user.last-admin");
    CHECK(code_of([&] { accounts.users.set_role(boss, "boss", Role::auditor); }) == "user.last-admin");

    CHECK(std::holds_alternative<Accounts::Wrong>(accounts.log_in("rev", good, "p", now)));
    CHECK(std::holds_alternative<Accounts::Wait>(accounts.log_in("rev", "ladder-orbit-mango", "p", now)));
    CHECK(std::holds_alternative<Accounts::Wrong>(accounts.log_in("nobody", good, "q", now)));
    const auto login = accounts.log_in("rev", "ladder-orbit-mango", "p", now + 2s);
    REQUIRE(std::holds_alternative<Sessions::Opened>(login));
    accounts.users.close(boss, "rev");
    CHECK(std::holds_alternative<Accounts::Wrong>(accounts.log_in("rev", "ladder-orbit-mango", "r", now + 9s)));
    CHECK(code_of([&] { accounts.users.set_role(boss, "rev", Role::admin); }) == "user.closed");

    const auto made = accounts.tokens.make(boss, "LIS in the basement", "LIS", 365);
    const auto who = accounts.tokens.find(made.secret);
    REQUIRE(who);
    CHECK(who->role == Role::lims);
    CHECK(who->destination == "LIS");
    CHECK(!accounts.tokens.find(made.secret, made.token.expires_at));
    CHECK(Tokens(store).find(made.secret));  // as after a restart
    accounts.tokens.revoke(boss, made.token.id);
    CHECK(!accounts.tokens.find(made.secret));
    CHECK(code_of([&] { accounts.tokens.revoke(boss, made.token.id); }) == "token.unknown");
    CHECK(code_of([&] { accounts.tokens.make(boss, "x", "LIS", 366); }) == "field.value");
    CHECK(accounts.machine({"other", "lis.example.org"})->destination == "LIS");
    CHECK(!accounts.machine({}));

    std::string actions;
    store.read([&](store::Database& db) {
        auto rows = db.query("SELECT action FROM audit ORDER BY seq");
        while (rows.next()) actions += rows.text(0) + ' ';
    });
    CHECK(actions ==
          "user.add user.add password.wrong password.wrong session.login user.close password.wrong token.make "
          "token.revoke ");
}
