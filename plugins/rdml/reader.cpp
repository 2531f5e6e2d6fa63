// RDML, the exchange format of PCR data, versions 1.0 to 1.4: real-time PCR and digital PCR.
//
//   run.rdml   a zip:   rdml_data.xml           <rdml version="1.3" xmlns="http://www.rdml.org">...</rdml>
//                       partitions/run_B01.tsv  SRY⇥SRY⇥RPP30⇥RPP30   every partition of a well
//
// A bare XML document is read too. Every run of every experiment is a run.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "content.hpp"
#include "counts.hpp"
#include "curve.hpp"
#include "keep.hpp"
#include "lightcycler.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"
#include "partitions.hpp"
#include "plate.hpp"
#include "summary.hpp"

namespace microchim::rdml {
namespace {

using reader::Bundle;

constexpr std::size_t most_runs = 1000;

/// What the entries of a bundle are.
struct Contents {
    std::vector<std::size_t> documents, tables, others;
    bool certain = false;  ///< a document in the namespace of RDML
    bool lc96 = false;     ///< LightCycler 96 puts an RDML document into its own files
};

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto bytes = bundle.bytes(i);
        const auto tag = reader::xml::root_tag(bytes);
        if (is_rdml_tag(tag) && !is_lightcycler(bytes)) {
            contents.documents.push_back(i);
            contents.certain = contents.certain || tag.find("http://www.rdml.org") != tag.npos;
        } else if (tag.empty() && is_partition_table(bundle.name(i), bytes)) {
            contents.tables.push_back(i);
        } else {
            contents.others.push_back(i);
            contents.lc96 = contents.lc96 || tag.starts_with("lc96manifest");
        }
    }
    return contents;
}

/// One document of the bundle.
struct Source {
    const Bundle& bundle;
    const std::map<std::string_view, std::size_t>& entries;  ///< by name
    std::size_t entry;
    std::string label;            ///< before the ids of its runs, where there are several documents
    std::set<std::size_t>& used;  ///< tables that a reaction names
};

/// "x.rdml/rdml_data.xml" to "x"
std::string stem(std::string_view name) {
    if (name.ends_with("/rdml_data.xml")) name.remove_suffix(14);
    const auto dot = name.rfind('.');
    return std::string(dot == name.npos || name.find('/', dot) != name.npos ? name : name.substr(0, dot));
}

/// The entries of the tables of each reaction, npos for none. \throws FormatError for a table that is not there.
std::vector<std::size_t> find_tables(const Source& source, const Content& content, const Plate& plate) {
    const auto document = source.bundle.name(source.entry);
    const auto folder = std::string(document.substr(0, document.rfind('/') + 1)) + "partitions/";
    std::vector<std::size_t> entries;
    for (const auto& reaction : plate.reactions) {
        entries.push_back(std::string_view::npos);
        if (reaction.file.empty()) continue;
        const auto found = source.entries.find(folder + reaction.file);
        if (found == source.entries.end())
            throw FormatError(content.document.where(xml::child(reaction.partitions, "endPtTable")),
                              "there is no " + folder + reaction.file + ", the partitions of " + reaction.well +
                                  "; give the whole .rdml file, not the XML in it");
        entries.back() = found->second;
        source.used.insert(found->second);
    }
    return entries;
}

std::vector<PartitionTable> read_tables(const Bundle& bundle, const std::vector<std::size_t>& entries) {
    std::vector<PartitionTable> tables(entries.size());
    bundle.each(entries.size(), [&](std::size_t i) {
        if (entries[i] != std::string_view::npos)
            tables[i] = read_partition_table(bundle.name(entries[i]), bundle.bytes(entries[i]));
    });
    return tables;
}

void open_run(const Source& source, const Content& content, Node run, const std::string& id, const Plate& plate,
              const std::vector<std::size_t>& tables, const Sink& sink) {
    std::vector<std::size_t> entries{source.entry};
    for (const auto table : tables)
        if (table != std::string_view::npos) entries.push_back(table);
    const auto instrument = xml::text(run, "instrument"), started = xml::text(run, "runDate");
    const auto software = xml::child(run, "dataCollectionSoftware");
    const auto name = xml::text(software, "name"), version = xml::text(software, "version");
    microchim_run fact{};
    fact.id = reader::text(id);
    fact.instrument = reader::text(instrument);
    fact.software = reader::text(name);
    fact.software_version = reader::text(version);
    fact.started = reader::text(started);
    fact.rows = plate.format.rows;
    fact.columns = plate.format.columns;
    fact.entries = entries.data();
    fact.entry_count = entries.size();
    sink.run(fact);
    sink.attribute("", "dialect", content.version.empty() ? "RDML" : "RDML " + content.version);
}

/// What its runs share.
struct Experiment {
    std::string id;
    Kept about;
};

void report_curves(const Content& content, const Reaction& reaction, const CurveRules& rules, Summary& summary,
                   const Sink& sink) {
    const auto sample = content.samples.find(xml::attribute(xml::child(reaction.node, "sample"), "id"));
    xml::each(reaction.node, "data", [&](Node data) {
        const auto one = read_reaction(content, data, reaction.well,
                                       sample == content.samples.end() ? nullptr : &sample->second, rules);
        report_data(content, data, one, sink);
        if (one.excluded) summary.exclude(reaction, one.target, xml::child(data, "excl"));
        summary.efficiency(content, xml::child(data, "ampEff"), one.target);
        if (const auto target = content.targets.find(xml::attribute(xml::child(data, "tar"), "id"));
            target != content.targets.end())
            summary.efficiency(content, xml::child(target->second.node, "amplificationEfficiency"), one.target);
    });
}

void read_run(const Source& source, const Content& content, const Experiment& experiment, Node run,
              const std::string& id, const Sink& sink) {
    const auto plate = read_plate(content.document, run);
    const auto entries = find_tables(source, content, plate);
    const auto tables = read_tables(source.bundle, entries);
    open_run(source, content, run, id, plate, entries, sink);
    report_attributes(content, experiment.id, experiment.about, run, plate, sink);
    const auto rules = read_rules(content, run);
    Summary summary;
    bool curves = false;
    for (std::size_t i = 0; i < plate.reactions.size(); ++i) {
        const auto& reaction = plate.reactions[i];
        report_reaction(content, plate, reaction, sink);
        report_curves(content, reaction, rules, summary, sink);
        curves = curves || xml::child(xml::child(reaction.node, "data"), "adp");
        auto counts = read_counts(content, reaction);
        take_undefined(counts, tables[i]);
        bool undefined = false;
        for (const auto& counted : counts) {
            report_counts(content, reaction, counted, sink);
            summary.exclude(reaction, counted.target, xml::child(counted.data, "excluded"));
            summary.undefined += std::max<std::int64_t>(counted.undefined, 0);
            undefined = undefined || counted.undefined > 0;
        }
        summary.undefined_wells += undefined;
        if (entries[i] != std::string_view::npos)
            report_partitions(content, reaction, counts, tables[i], source.bundle.name(entries[i]), sink);
    }
    summary.report(plate, run, curves && rules.signal == MICROCHIM_BASELINED, sink);
}

/// The ids of runs are unique within their experiment only.
std::string run_id(const Source& source, const Experiment& experiment, Node run, std::set<std::string>& taken) {
    const auto own = xml::attribute(run, "id");
    const auto prefix = source.label.empty() ? "" : source.label + ": ";
    auto id = prefix + own;
    if (taken.contains(id)) id = prefix + experiment.id + ": " + own;
    for (int n = 2; taken.contains(id); ++n) id = prefix + own + " (" + std::to_string(n) + ")";
    taken.insert(id);
    return id;
}

/// Reads all runs of a document; false where it has none with a reaction.
bool read_document(const Source& source, std::set<std::string>& ids, const Sink& sink) {
    const Document document(std::string(source.bundle.name(source.entry)), source.bundle.bytes(source.entry));
    if (xml::local_name(document.root()) != "rdml")
        throw FormatError(document.name() + ":1", "the document is no <rdml>");
    const auto content = read_content(document);
    std::string empty;
    bool any = false;
    std::size_t runs = 0;
    xml::each(document.root(), "experiment", [&](Node node) {
        const Experiment experiment{xml::attribute(node, "id"), kept(node, {"run"})};
        xml::each(node, "run", [&](Node run) {
            if (++runs > most_runs)
                throw FormatError(document.where(run),
                                  "more than " + std::to_string(most_runs) + " runs in one document");
            const auto id = run_id(source, experiment, run, ids);
            if (xml::child(run, "react")) read_run(source, content, experiment, run, id, sink), any = true;
            else if (empty.size() < 200) empty += (empty.empty() ? "'" : ", '") + id + "'";
        });
    });
    if (!empty.empty())
        sink.note(MICROCHIM_INFO, document.name(), "Runs without a reaction were left out: " + empty + ".");
    return any;
}

void report_unused(const Bundle& bundle, const std::vector<std::size_t>& tables, const std::set<std::size_t>& used,
                   const Sink& sink) {
    std::string names;
    std::size_t count = 0;
    for (const auto table : tables)
        if (!used.contains(table) && ++count <= 10) names += (count == 1 ? "" : ", ") + std::string(bundle.name(table));
    if (count > 10) names += " and " + std::to_string(count - 10) + " more";
    if (count) sink.note(MICROCHIM_WARNING, "", "Not read, because no reaction names them: " + names + ".");
}

}  // namespace

struct Rdml {
    static constexpr const char* id = "rdml";
    static constexpr const char* name = "RDML";
    static constexpr const char* version = "1.1.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (!contents.documents.empty()) {
            const auto root = reader::xml::root_tag(bundle.bytes(contents.documents[0]));
            sink.note(MICROCHIM_INFO, "",
                      "a document whose root is <rdml>" +
                          std::string(contents.lc96 ? ", inside a file of LightCycler 96" : ""));
            return contents.certain && !contents.lc96 ? MICROCHIM_YES : MICROCHIM_MAYBE;
        }
        if (contents.tables.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", "a table of partitions as it lies in an RDML file");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink);
};

void Rdml::read(const Bundle& bundle, const Sink& sink) {
    const auto contents = sort_out(bundle);
    if (contents.documents.empty())
        throw FormatError(std::string(bundle.name(contents.tables.empty() ? 0 : contents.tables[0])),
                          contents.tables.empty()
                              ? "there is no document whose root is <rdml>"
                              : "a table of partitions without the rdml_data.xml that says whose they "
                                "are; give the whole .rdml file");
    reader::note_ignored(bundle, contents.others, "a document nor a table of RDML", sink);
    std::map<std::string_view, std::size_t> entries;
    for (std::size_t i = 0; i < bundle.size(); ++i) entries.emplace(bundle.name(i), i);
    std::map<std::string_view, std::size_t> seen;
    std::set<std::string> ids;
    std::set<std::size_t> used;
    bool any = false;
    for (const auto entry : contents.documents) {
        const auto [first, fresh] = seen.emplace(bundle.bytes(entry), entry);
        if (!fresh) {
            sink.note(MICROCHIM_INFO, "",
                      std::string(bundle.name(entry)) + " says exactly what " +
                          std::string(bundle.name(first->second)) + " says, and was read once.");
            continue;
        }
        const auto label = contents.documents.size() > 1 ? stem(bundle.name(entry)) : "";
        any = read_document({bundle, entries, entry, label, used}, ids, sink) || any;
    }
    report_unused(bundle, contents.tables, used, sink);
    if (!any)
        throw FormatError(std::string(bundle.name(contents.documents[0])), "there is no run with a reaction in it");
}

}  // namespace microchim::rdml

MICROCHIM_READER(microchim::rdml::Rdml);
