#include "core/simulate/write.hpp"

#include <fstream>
#include <vector>

#include "core/simulate/quantasoft.hpp"
#include "core/simulate/settings.hpp"

namespace microchim::simulate {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) throw WriteError(path.string() + ": this file cannot be written.", path.string());
}

bool filled(const fs::path& path) {
    return fs::exists(path) && !(fs::is_directory(path) && fs::is_empty(path));
}

/// What an earlier simulation left in its run folder; another plan may fill fewer wells.
void clear_run(const fs::path& run) {
    std::vector<fs::path> old;
    for (const auto& entry : fs::directory_iterator(run))
        if (entry.is_regular_file() && entry.path().extension() == ".csv") old.push_back(entry.path());
    for (const fs::path& path : old) fs::remove(path);
}

void make_room(const fs::path& out, bool force) {
    const fs::path run = out / "run";
    if (fs::exists(out) && !fs::is_directory(out))
        throw WriteError(out.string() + ": this is a file; a folder is needed to write a plate.", out.string());
    if (filled(out) && !force)
        throw WriteError(out.string() +
                             ": this folder is not empty; choose another one, or force to replace an earlier "
                             "simulation.",
                         out.string());
    if (filled(run) && !fs::exists(out / "truth.json"))
        throw WriteError(run.string() + ": this folder holds files that no simulation wrote; choose another one.",
                         run.string());
    fs::create_directories(run);
    clear_run(run);
}

}  // namespace

void write_plate(const Plan& plan, const fs::path& out, bool force) try {
    check(plan);
    make_room(out, force);
    const DrawnPlate plate = draw(plan);
    write(out / "truth.json", truth_json(plate));
    write(out / "truth.csv", truth_csv(plate));
    write(out / "case.toml", case_toml(plan));
    write(out / "panel.toml", panel_toml(plan));
    write(out / "run" / (plan.run + ".csv"), quantasoft_table(plate));
    for (const DrawnWell& well : plate.wells)
        write(out / "run" / quantasoft_amplitude_name(plan, well), quantasoft_amplitudes(well));
} catch (const fs::filesystem_error& trouble) {
    throw WriteError(out.string() + ": this folder cannot be written: " + trouble.code().message() + '.', out.string());
}

}  // namespace microchim::simulate
