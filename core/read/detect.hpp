// Choosing a reader: every reader is asked, and exactly one best answer wins. Never the first, never a guess.
#pragma once

#include <string>
#include <vector>

#include "core/read/bundle.hpp"
#include "core/read/plugin.hpp"

namespace microchim::read {

enum class Answer { no, maybe, yes };

/// What one reader says to a bundle.
struct Candidate {
    std::string id, name, version, maturity;
    Answer answer = Answer::no;
    std::string reason;  ///< the reader's own, or empty
};

/// Asks all readers; in the order of their ids.
std::vector<Candidate> detect(const Bundle& bundle, const Readers& readers);

/// The one reader that says yes or, where none does, the only one that says maybe. Throws ReadError: several (names
/// them), a locked file (says which menu makes a readable one), no instrument's file, or not recognised.
Candidate choose(const Bundle& bundle, const Readers& readers);

/// Some entries of a bundle, and the reader that takes them.
struct Share {
    Candidate candidate;
    const Reader* reader;
    Bundle bundle;
};

/// Who reads what: the whole bundle goes to the one reader that choose() would name. Where several say yes, each gets
/// the files that it alone claims, and all those that none of them claims. Throws ReadError: as choose(), and where
/// two readers claim one file.
std::vector<Share> assign(const Bundle& bundle, const Readers& readers);

}  // namespace microchim::read
