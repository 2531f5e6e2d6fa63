#include "core/report/rdml.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "core/report/rdml_elements.hpp"
#include "core/report/rdml_names.hpp"
#include "core/report/rdml_reaction.hpp"
#include "core/report/zip_file.hpp"
#include "core/run/version.hpp"

namespace microchim::report {
namespace {

constexpr auto about = "Microchim";    // the publisher, and the id of our documentation
constexpr auto no_dye = "not stated";  // RDML demands a dye of every target
constexpr auto corrected = "Baseline subtracted by the instrument software";

/// The plate on which the ids of reactions count. Ids stand for wells only together with it, so where the run does not
/// state one, any that holds all wells says the same.
struct Format {
    int rows, columns;
};

Format format(const Run& run, std::vector<Note>& notes) {
    int rows = 0, columns = 0;
    for (const auto& react : run.reacts) {
        rows = std::max(rows, react.well.row + 1);
        columns = std::max(columns, react.well.column + 1);
    }
    if (rows <= run.rows && columns <= run.columns) return {run.rows, run.columns};
    static constexpr std::array plates{Format{8, 12}, Format{16, 24}, Format{32, 48}};
    const auto plate = *std::find_if(plates.begin(), plates.end() - 1,
                                     [&](const Format& f) { return rows <= f.rows && columns <= f.columns; });
    notes.push_back({Severity::info, "",
                     std::string(run.rows ? "Some wells lie beyond the plate that the run states"
                                          : "The run does not state the size of its plate") +
                         "; it is written as a plate of " + std::to_string(plate.rows * plate.columns) + " wells."});
    return plate;
}

/// Writes one run; `files` takes the tables of partitions.
class Writer {
public:
    Writer(const Run& run, std::vector<Note>& notes)
        : run_(run), notes_(notes), attributes_(run), wells_(all_measured(run)), names_(run, wells_, notes) {}

    std::string document(std::vector<std::pair<std::string, std::string>>& files) {
        auto declaration = tree_.append_child(pugi::node_declaration);
        declaration.append_attribute("version") = "1.0";
        declaration.append_attribute("encoding") = "UTF-8";
        auto root = tree_.append_child("rdml");
        root.append_attribute("xmlns") = "http://www.rdml.org";
        root.append_attribute("version") = "1.3";
        auto id = root.append_child("id");
        add(id, "publisher", about);
        add(id, "serialNumber", version);
        add(refer(root, "documentation", about), "text", provenance());
        dyes(root);
        samples(root);
        targets(root);
        const auto plate = attributes_("", "experiment");
        auto experiment = refer(root, "experiment",
                                xml_text(!plate.empty()        ? plate
                                         : !run_.plate.empty() ? run_.plate
                                                               : run_id()));
        run(refer(experiment, "run", run_id()), files);
        left_out();
        std::ostringstream out;
        tree_.save(out, " ", pugi::format_indent, pugi::encoding_utf8);
        return out.str();
    }

    std::string run_id() const {
        if (!run_.id.empty()) return xml_text(run_.id);
        if (!run_.plate.empty()) return xml_text(run_.plate);
        const auto name = run_.provenance.path.substr(run_.provenance.path.rfind('/') + 1);
        const auto stem = name.substr(0, name.rfind('.'));
        return stem.empty() ? "run" : xml_text(stem);
    }

private:
    static std::vector<std::vector<Measured>> all_measured(const Run& run) {
        std::vector<std::vector<Measured>> wells;
        for (const auto& react : run.reacts) wells.push_back(measured(react));
        return wells;
    }

    /// Who made this of what, and what the run says that RDML has no element for.
    std::string provenance() const {
        std::string text = "Written by Microchim " + std::string(version);
        if (const auto& from = run_.provenance; !from.reader_name.empty())
            text += " from what its reader " + from.reader_name + " " + from.reader_version + " read";
        text += ".";
        const auto line = [&](const std::string& key, std::string_view value) {
            if (!value.empty()) text += "\n" + key + ": " + xml_text(value);
        };
        for (const auto& file : run_.provenance.files) line("file", file.name + " sha256=" + file.sha256);
        line("plate", run_.plate);
        line("serial number", run_.serial_number);
        line("consumable", run_.consumable);
        if (!is_date_time(run_.started)) line("started", run_.started);
        for (const auto& one : run_.attributes)
            if (one.well.empty() && !one.key.starts_with("documentation [Microchim")) line(one.key, one.value);
        return text;
    }

    void dyes(Element root) const {
        std::set<std::string> written;
        for (const auto& target : names_.targets()) {
            const auto id = target.dye.empty() ? no_dye : xml_text(target.dye);
            if (written.insert(id).second) refer(root, "dye", id);
        }
    }

    void samples(Element root) const {
        for (const auto& sample : names_.samples()) {
            auto node = refer(root, "sample", sample.id);
            // Our reader finds the name again here, where the id had to be another.
            if (sample.name.empty()) add(node, "description", "the instrument's file does not name the sample");
            else if (sample.id != xml_text(sample.name)) add(node, "description", sample.name);
            const auto of = [&](Element element, const Role& role) {
                if (!role.target.empty()) element.append_attribute("targetId") = role.target.c_str();
                return element;
            };
            for (const auto& role : sample.roles) of(add(node, "type", to_string(role.type)), role);
            for (const auto& role : sample.roles) {
                if (!role.quantity) continue;
                auto quantity = of(node.append_child("quantity"), role);
                add(quantity, "value", number(*role.quantity));
                add(quantity, "unit", role.unit);
            }
        }
    }

    void targets(Element root) const {
        for (const auto& target : names_.targets()) {
            auto node = refer(root, "target", target.id);
            // Whether a target is a reference is decided in a panel, not in a run; RDML demands one or the other.
            const bool reference = attributes_("", "target type [" + target.name + "]") == "ref";
            add(node, "type", reference ? "ref" : "toi");
            refer(node, "dyeId", target.dye.empty() ? no_dye : xml_text(target.dye));
        }
    }

    /// RDML wants curves as measured. Where corrected ones are all there is they are written and said to be so.
    bool only_baselined() const {
        bool any = false;
        for (const auto& well : wells_)
            for (const auto& one : well) {
                if (!one.curve || one.curve->fluorescence.empty()) continue;
                if (one.curve->signal != Signal::baselined) return false;
                any = true;
            }
        return any;
    }

    void run(Element node, std::vector<std::pair<std::string, std::string>>& files) {
        if (!run_.started.empty() && !is_date_time(run_.started)) add(node, "description", "started: " + run_.started);
        refer(node, "documentation", about);
        if (!run_.instrument.empty()) add(node, "instrument", run_.instrument);
        if (!run_.software.name.empty()) {
            auto software = node.append_child("dataCollectionSoftware");
            add(software, "name", run_.software.name);
            add(software, "version", run_.software.version);
        }
        const bool baselined = only_baselined();
        if (baselined) add(node, "backgroundDeterminationMethod", corrected);
        const auto plate = format(run_, notes_);
        auto size = node.append_child("pcrFormat");
        add(size, "rows", number(plate.rows));
        add(size, "columns", number(plate.columns));
        add(size, "rowLabel", "ABC");
        add(size, "columnLabel", "123");
        if (is_date_time(run_.started)) add(node, "runDate", run_.started);
        Reactions reactions(run_, run_id(), baselined);
        for (std::size_t i = 0; i < run_.reacts.size(); ++i) {
            const auto& react = run_.reacts[i];
            auto element = node.append_child("react");
            element.append_attribute("id") = react.well.row * plate.columns + react.well.column + 1;
            refer(element, "sample", names_.sample_of(i));
            reactions.write(element, react, wells_[i], files);
        }
        left_out_curves_ = reactions.left_out_curves;
    }

    /// Tells what RDML has no place for.
    void left_out() {
        const auto tell = [&](const char* what, std::ptrdiff_t count, const char* why) {
            if (count == 0) return;
            notes_.push_back({Severity::info, "",
                              std::string(what) + " were left out (" + std::to_string(count) + "): " + why + "."});
        };
        tell("Rows that stand for several wells", std::ssize(run_.aggregates), "RDML has reactions only");
        tell("Curves", left_out_curves_, "their baseline is subtracted, and RDML wants them as measured");
        tell("Reaction volumes",
             std::ranges::count_if(run_.reacts, [](const React& react) { return react.volume_ul.has_value(); }),
             "RDML 1.3 has no element for them");
        static constexpr std::array written{"quantity unit", "undef [", "excluded [",  "excl [",
                                            "note [",        "N0 [",    "ampEffMet [", "ampEff [",
                                            "ampEffSE [",    "corrF [", "corrP [",     "corrCq [",
                                            "meltTemp [",    "endPt [", "bgFluor [",   "bgFluorSlp ["};
        const auto known = [](const Attribute& one) {
            return one.well.empty() || std::any_of(written.begin(), written.end(),
                                                   [&](const char* key) { return one.key.starts_with(key); });
        };
        tell("Further facts about wells",
             std::ranges::count_if(run_.attributes, [&](const Attribute& one) { return !known(one); }),
             "RDML has no elements for them");
    }

    const Run& run_;
    std::vector<Note>& notes_;
    Attributes attributes_;
    std::vector<std::vector<Measured>> wells_;
    Names names_;
    pugi::xml_document tree_;
    std::ptrdiff_t left_out_curves_ = 0;
};

}  // namespace

std::string rdml(const Run& run, std::vector<Note>& notes) {
    std::vector<std::pair<std::string, std::string>> tables;
    auto document = Writer(run, notes).document(tables);
    tables.insert(tables.begin(), {"rdml_data.xml", std::move(document)});
    return zip_file(tables);
}

}  // namespace microchim::report
