// What cannot be computed is refused with one sentence that says what to do.
#include <doctest/doctest.h>

#include "core/chimerism/fraction.hpp"
#include "core/run/errors.hpp"

using namespace microchim;
using namespace microchim::chimerism;

namespace {

const Observation reference{"R", 5000, 20000, {2}, 2, {}, {}};

std::string refusal(const std::vector<Observation>& observations, const Settings& settings = {}) {
    try {
        estimate(observations, settings);
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "";
}

bool says(const std::string& text, const std::string& part) {
    CAPTURE(text);
    return text.find(part) != std::string::npos && text.back() == '.';
}

}  // namespace

TEST_CASE("no observations, no donors and a senseless confidence are refused") {
    CHECK(says(refusal({}), "no observations"));
    CHECK(says(refusal({{"R", 1, 2, {}, 2, {}, {}}}), "no donor"));
    CHECK(says(refusal({reference}, {95}), "confidence"));
}

TEST_CASE("impossible counts are refused by the name of the target") {
    CHECK(says(refusal({{"SRY", 5, 4, {1}, 0, {}, {}}, reference}), "'SRY': 5 of 4"));
    CHECK(says(refusal({{"SRY", -1, 4, {1}, 0, {}, {}}, reference}), "'SRY': -1 of 4"));
    CHECK(says(refusal({{"SRY", 0, 0, {1}, 0, {}, {}}, reference}), "0 accepted partitions"));
    CHECK(says(refusal({{"SRY", 0, 9, {-1}, 0, {}, {}}, reference}), "copies per diploid genome"));
    CHECK(says(refusal({{"SRY", 0, 9, {1, 0}, 0, {}, {}}, reference}), "one number per donor"));
    CHECK(says(refusal({{"SRY", 0, 9, {1}, 0, -0.85, {}}, reference}), "volume"));
}

TEST_CASE("impossible or contradicting blanks are refused") {
    CHECK(says(refusal({{"SRY", 0, 9, {1}, 0, {}, Blank{0, 0}}, reference}), "blank"));
    CHECK(says(refusal({{"SRY", 0, 9, {1}, 0, {}, Blank{9, 9}}, reference}), "blank"));
    CHECK(says(refusal({{"SRY", 0, 9, {1}, 0, {}, Blank{1, 90}}, {"SRY", 0, 9, {1}, 0, {}, Blank{1, 91}}, reference}),
               "two different blanks"));
}

TEST_CASE("volumes that differ must be given for all") {
    auto r = reference;
    r.volume_nl = 0.9;
    CHECK(
        says(refusal({{"A", 1, 9000, {1}, 0, 0.8, {}}, {"B", 1, 9000, {1}, 0, {}, {}}, r}), "give volume_nl for all"));
}

TEST_CASE("genotypes that leave the answer open are refused by what is missing") {
    CHECK(says(refusal({reference}), "No target tells the donor from the recipient"));
    CHECK(says(refusal({{"SRY", 5, 20000, {1}, 0, {}, {}}}), "no reference target"));
    const Observation two{"R", 5000, 20000, {2, 2}, 2, {}, {}};
    CHECK(says(refusal({{"A", 5, 20000, {1, 1}, 0, {}, {}}, two}), "Donors 1 and 2 carry the same copies"));
    CHECK(says(refusal({{"A", 5, 20000, {1, 0}, 0, {}, {}}, two}), "tells donor 2 from the recipient"));
    CHECK(says(refusal({{"A", 5, 20000, {1, 2}, 0, {}, {}}, two}), "too few"));
    CHECK(says(refusal({{"A", 5, 20000, {0}, 0, {}, {}}}), "No target is carried"));
}

TEST_CASE("a reference that is empty or full is refused with its counts") {
    CHECK(says(refusal({{"SRY", 5, 20000, {1}, 0, {}, {}}, {"R", 0, 20000, {2}, 2, {}, {}}}), "R (0 of 20000)"));
    CHECK(says(refusal({{"SRY", 5, 20000, {1}, 0, {}, {}}, {"R", 20000, 20000, {2}, 2, {}, {}}}), "dilute"));
    CHECK(says(refusal({{"SRY", 20000, 20000, {1}, 0, {}, {}}, reference}), "SRY (20000 of 20000)"));
    CHECK(says(refusal({{"SRY", 0, 1, {1}, 0, {}, {}}, {"R", 1, 1, {2}, 2, {}, {}}}), "dilute"));
}

TEST_CASE("a blank worse than the sample gives an upper limit, not an error") {
    const Estimate e = estimate({{"SRY", 2, 20000, {1}, 0, {}, Blank{50, 20000}}, reference});
    CHECK(e.donors[0].fraction == 0);
    CHECK(e.donors[0].low == 0);
    CHECK(e.donors[0].upper > 0);
    CHECK(e.donors[0].upper < 0.01);
    CHECK(e.donors[0].call == DetectionCall::not_detected);
}

TEST_CASE("a target that nobody carries is left out and named") {
    const Estimate e =
        estimate({{"NTC", 2, 20000, {0}, 0, {}, {}}, {"SRY", 20, 20000, {1}, 0, {}, Blank{0, 1e5}}, reference});
    REQUIRE(e.notes.size() == 1);
    CHECK(says(e.notes[0], "'NTC' was left out"));
}
