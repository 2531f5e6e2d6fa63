// Every fixture of the RDML reader, written and read again; and documents made to do harm.
#include <doctest/doctest.h>

#include <chrono>

#include "rdml_support.hpp"

using namespace microchim;
using namespace microchim::test;

namespace {

/// RDML 1.3 has no reaction volume, and one quantity for a sample; that of a real-time standard stands with its target.
std::string sayable(Run run) {
    for (auto& react : run.reacts)
        if (!react.curves.empty()) react.quantity.reset();
    auto text = wells(run);
    for (std::size_t at = 0; (at = text.find(" volume_ul=", at)) != text.npos;)
        text.erase(at, text.find_first_of(" \n", at + 1) - at);
    for (const std::string label : {" (75)\"", " (no quantity)\""})
        for (std::size_t at = 0; (at = text.find(label, at)) != text.npos;) text.erase(at, label.size() - 1);
    return text;
}

std::string opening = "<rdml version=\"1.3\" xmlns=\"http://www.rdml.org\">";

std::string repeated(const std::string& part, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += part;
    return all;
}

std::string run_of(const std::string& reacts) {
    return "<experiment id='E'><run id='r'><pcrFormat><rows>8</rows><columns>12</columns></pcrFormat>" + reacts +
           "</run></experiment>";
}

std::string outcome(const std::string& text) {
    try {
        read::read(read::Bundle::of({{"run.xml", text}}), rdml_reader());
    } catch (const ReadError& e) {
        return e.what();
    }
    return "read";
}

}  // namespace

TEST_CASE("every fixture that is read is written and read again") {
    int files = 0, runs = 0, without_volume = 0;
    for (const auto& item : fs::directory_iterator(fs::path(MICROCHIM_SOURCE_DIR) / "plugins/rdml/fixtures")) {
        const auto name = item.path().filename().string();
        if (name.starts_with("bad-") || name.ends_with(".expected") || name.ends_with(".md")) continue;
        ++files;
        for (const auto& run : read::read(item.path(), rdml_reader())) {
            INFO(name, ", ", run.id);
            try {
                const auto archive = written(run);
                CHECK(sayable(read_back(archive)) == sayable(run));
                ++runs;
            } catch (const ConfigError&) {  // a well without a volume
                ++without_volume;
            }
        }
    }
    CHECK(files >= 20);
    CHECK(runs > files);
    CHECK(without_volume == 1);
}

TEST_CASE("documents made to do harm are refused or read in no time") {
    const auto react = std::string("<react id='1'><sample id='S'/></react>");
    std::string samples, data, runs, types;
    for (int i = 0; i < 100'000; ++i) {
        const auto id = std::to_string(i);
        samples += "<sample id='" + id + "'/>";
        data += "<data><tar id='" + id + "'/></data>";
        runs += "<run id='r'>" + react + "</run>";
        types += "<type targetId='" + id + "'>std</type>";
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK(outcome(opening + repeated("<a>", 300'000)).find("well-formed") != std::string::npos);
    CHECK(outcome(opening + repeated("<a>", 300'000) + repeated("</a>", 300'000) + run_of(react) + "</rdml>") ==
          "read");
    CHECK(outcome(opening + samples + run_of(react) + "</rdml>") == "read");
    CHECK(outcome(opening + run_of("<react id='1'><sample id='S'/>" + data + "</react>") + "</rdml>") == "read");
    CHECK(outcome(opening + "<sample id='S'>" + types + "</sample>" + run_of(react) + "</rdml>") == "read");
    CHECK(outcome(opening + "<experiment id='E'>" + runs + "</experiment></rdml>").find("more than 1000 runs") !=
          std::string::npos);
    CHECK(outcome(opening + run_of(repeated(react, 100'000)) + "</rdml>").find("stands twice") != std::string::npos);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    CHECK(taken.count() < 20);  // all seven; quadratic time would take hours
}

TEST_CASE("entities and types of a document's own are refused wherever they stand") {
    const auto react = std::string("<react id='1'><sample id='S'/></react>");
    for (const auto& text : {"<!DOCTYPE rdml SYSTEM 'http://example.org/x'>" + opening, opening + "<!DOCTYPE x>"})
        CHECK(outcome(text + run_of(react) + "</rdml>").find("document type declaration") != std::string::npos);
    CHECK(outcome(opening + "<sample id='&lol;'/>" + run_of(react) + "</rdml>").find("entity") != std::string::npos);
    CHECK(outcome(opening + std::string(1, '\0') + run_of(react) + "</rdml>").find("zero byte") != std::string::npos);
    CHECK(outcome(opening + "<!-- &lol; <!DOCTYPE --><![CDATA[&lol;]]>" + run_of(react) + "</rdml>") == "read");
    CHECK(outcome(opening + "<sample id='&#xD800;'/>" + run_of("<react id='1'><sample id='&#xD800;'/></react>") +
                  "</rdml>")
              .find("UTF-8") != std::string::npos);
}

TEST_CASE("a LightCycler 96 file is left to a reader of its own, where there is one") {
    const auto text = opening + run_of("<react id='1'><sample id='S'/></react>") + "</rdml>";
    const auto bundle = read::Bundle::of({{"rdml_data.xml", text}, {"manifest.xml", "<lc96manifest/>"}});
    CHECK(read::detect(bundle, rdml_reader()).front().answer == read::Answer::maybe);
    CHECK(read::detect(read::Bundle::of({{"a.xml", text}}), rdml_reader()).front().answer == read::Answer::yes);
    CHECK(read::detect(read::Bundle::of({{"a.xml", "<html>rdml</html>"}}), rdml_reader()).front().answer ==
          read::Answer::no);
}
