// Reading for Python. The package says where its readers and profiles are.
#include <pybind11/stl.h>

#include <memory>

#include "bindings/bind.hpp"
#include "intake/intake.hpp"

namespace py = pybind11;

namespace microchim::bindings {
namespace {

std::vector<std::shared_ptr<Run>> read_runs(const std::vector<std::string>& paths, const read::Readers& readers,
                                            const std::string& profiles) {
    std::vector<std::shared_ptr<Run>> runs;
    for (auto& run : intake::load_runs(paths, readers, profiles)) runs.push_back(std::make_shared<Run>(std::move(run)));
    return runs;
}

}  // namespace

void bind_read(py::module_& module) {
    py::class_<read::Reader>(module, "Reader", "Reads the files of one instrument software.")
        .def_readonly("id", &read::Reader::id)
        .def_readonly("name", &read::Reader::name)
        .def_readonly("version", &read::Reader::version)
        .def_readonly("maturity", &read::Reader::maturity)
        .def_readonly("library", &read::Reader::library);

    py::class_<read::Readers>(module, "Readers", "Loaded once, never unloaded.")
        .def_static(
            "installed", [](const std::string& own) { return read::Readers::installed(own); }, py::arg("own"),
            "Those of MICROCHIM_PLUGIN_PATH, then those of this folder.")
        .def("list", &read::Readers::list, py::return_value_policy::copy);

    // Readers keep no state and may be called from several threads at once.
    module.def("read_runs", &read_runs, py::arg("paths"), py::arg("readers"), py::arg("profiles"),
               py::call_guard<py::gil_scoped_release>(),
               "Reads the runs of these paths and completes them from the profiles of this folder.");
}

}  // namespace microchim::bindings
