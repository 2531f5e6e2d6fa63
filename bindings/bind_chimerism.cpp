// The donor fraction for Python: of runs and of bare counts. Both answer with the document that the command prints.
#include <pybind11/stl.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "bindings/bind.hpp"
#include "core/report/json.hpp"
#include "intake/intake.hpp"

namespace py = pybind11;

namespace microchim::bindings {
namespace {

std::string quantify(const std::vector<std::shared_ptr<Run>>& runs, const std::vector<std::string>& cases,
                     const std::string& panel, const std::string& samples, const std::vector<std::string>& donor,
                     const std::vector<std::string>& reference) {
    std::vector<Run> copies;
    for (const auto& run : runs) copies.push_back(*run);
    const auto question = intake::load_question({cases, panel, samples, donor, reference});
    return report::dump(report::result_json(intake::answer(std::move(copies), question)));
}

}  // namespace

void bind_chimerism(py::module_& module) {
    module.def("quantify", &quantify, py::arg("runs"), py::arg("cases"), py::arg("panel"), py::arg("samples"),
               py::arg("donor"), py::arg("reference"), py::call_guard<py::gil_scoped_release>(),
               "Schema microchim/result/1, as JSON.");
    module.def(
        "estimate", [](const std::string& line) { return report::answer_estimate(line); }, py::arg("line"),
        py::call_guard<py::gil_scoped_release>(), "One line of `microchim estimate`: JSON in, JSON out.");
}

}  // namespace microchim::bindings
