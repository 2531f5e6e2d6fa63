#include "core/read/check.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "core/read/bundle.hpp"
#include "core/read/detect.hpp"
#include "core/read/exports.hpp"
#include "core/read/ordeal.hpp"
#include "core/run/errors.hpp"

namespace microchim::read {
namespace fs = std::filesystem;
namespace {

/// As the harness sees it: named by the fixture alone, so that messages do not depend on where it lies.
Bundle open_fixture(const fs::path& fixture) {
    auto bundle = Bundle::open(fixture);
    bundle.path = fixture.filename().string();
    return bundle;
}

std::optional<std::string> contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The first line in which two texts differ.
std::string difference(const std::string& expected, const std::string& found) {
    std::istringstream a(expected), b(found);
    for (std::size_t line = 1;; ++line) {
        std::string left, right;
        const bool more_left = static_cast<bool>(std::getline(a, left)),
                   more_right = static_cast<bool>(std::getline(b, right));
        if (left == right && more_left == more_right && more_left) continue;
        return "line " + std::to_string(line) + ": expected [" + (more_left ? left : "the end") + "], found [" +
               (more_right ? right : "the end") + "]";
    }
}

struct Harness {
    const Reader& reader;
    CheckReport report;

    void check(const std::string& subject, const std::string& claim, const std::string& trouble) {
        report.checks.push_back({trouble.empty(), subject + ": " + (trouble.empty() ? claim : trouble)});
    }

    void symbols() {
        const auto names = exported_symbols(reader.library);
        std::string others;
        for (const auto& name : names)
            if (name != "microchim_reader_v0") others += " " + name;
        check(reader.id, "one exported symbol",
              names.size() == 1 && others.empty() ? "" : "exports more than microchim_reader_v0:" + others);
    }

    void recognised(const std::string& name, const Bundle& bundle) {
        Readers alone;
        alone.add(reader);
        const auto answer = detect(bundle, alone).front().answer;
        check(name, "is recognised", answer == Answer::no ? "is not recognised by its own reader" : "");
    }

    void expected(const std::string& name, const fs::path& fixture, const std::string& found) {
        const auto text = contents(expectation_of(fixture));
        if (!text) {
            check(name, "",
                  "has no " + expectation_of(fixture).filename().string() + "; --print shows what to put there");
            return;
        }
        check(name, found.starts_with("error: ") ? "is refused as expected" : "the facts are as expected",
              *text == found ? "" : "the outcome is not the expected one, " + difference(*text, found));
    }

    void same_again(const std::string& name, const Bundle& bundle, const std::string& found) {
        std::string again, first, second;
        again = outcome(reader, bundle);
        {
            std::jthread a([&] { first = outcome(reader, bundle); });
            std::jthread b([&] { second = outcome(reader, bundle); });
        }
        check(name, "the same again", again == found ? "" : "reads differently the second time");
        check(name, "the same in two threads",
              first == found && second == found ? "" : "reads differently in two threads");
    }

    void fixture(const fs::path& path, const Hardship& hardship) {
        const auto name = path.filename().string();
        const auto bundle = open_fixture(path);
        const auto found = outcome(reader, bundle);
        if (!found.starts_with("error: ")) recognised(name, bundle);
        expected(name, path, found);
        same_again(name, bundle, found);
        check(name, "survives cuts and " + std::to_string(hardship.flips) + " changes, opens and prints nothing",
              ordeal(reader, bundle, hardship));
    }

    void claims_no_other(const fs::path& folder) {
        Readers alone;
        alone.add(reader);
        std::string claimed;
        for (const auto& path : fixtures_in(folder))
            if (detect(open_fixture(path), alone).front().answer != Answer::no)
                claimed += " " + path.filename().string();
        check(folder.string(), "claims none of these",
              claimed.empty() ? "" : "claims files of another reader:" + claimed);
    }
};

}  // namespace

bool CheckReport::passed() const {
    return std::all_of(checks.begin(), checks.end(), [](const Check& c) { return c.passed; });
}

fs::path expectation_of(const fs::path& fixture) {
    const auto name = fs::is_directory(fixture) ? fixture.filename() : fixture.stem();
    return fixture.parent_path() / (name.string() + ".expected");
}

std::vector<fs::path> fixtures_in(const fs::path& folder) {
    std::error_code fault;
    std::vector<fs::path> found;
    for (fs::directory_iterator i(folder, fault), end; !fault && i != end; i.increment(fault)) {
        const auto extension = i->path().extension();
        if (extension != ".expected" && extension != ".md" && !is_litter(i->path().filename().string()))
            found.push_back(i->path());
    }
    if (fault) throw ReadError("There is no folder '" + folder.string() + "' with fixtures.", folder.string());
    std::sort(found.begin(), found.end());
    return found;
}

std::string fixture_outcome(const Reader& reader, const fs::path& fixture) {
    return outcome(reader, open_fixture(fixture));
}

CheckReport check_reader(const fs::path& library, const fs::path& fixtures, const CheckSettings& settings) {
    Readers readers;
    Harness harness{readers.load(library), {}};
    harness.symbols();
    const auto paths = fixtures_in(fixtures);
    int refused = 0;
    for (const auto& path : paths) {
        try {
            harness.fixture(path, settings.hardship);
        } catch (const ReadError& e) {
            harness.check(path.filename().string(), "", std::string("cannot be opened. ") + e.what());
        }
        refused += contents(expectation_of(path)).value_or("").starts_with("error: ");
    }
    harness.check(fixtures.string(), "holds fixtures", paths.empty() ? "holds no fixtures" : "");
    harness.check(
        fixtures.string(), "shows what a wrong file is told",
        refused ? "" : "no fixture shows what the reader says to a wrong file (an .expected that begins 'error: ')");
    for (const auto& folder : settings.others) harness.claims_no_other(folder);
    return harness.report;
}

}  // namespace microchim::read
