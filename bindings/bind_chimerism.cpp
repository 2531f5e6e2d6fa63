// The donor fraction for Python: of runs and of bare counts. Both answer with the document that the command prints.
#include <pybind11/stl.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "bindings/bind.hpp"
#include "core/chimerism/fit_curve.hpp"
#include "core/report/json.hpp"
#include "core/run/errors.hpp"
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

/// The attributes of microchim.StandardCurve, per copy.
py::dict fit_standard_curve(const std::vector<double>& quantity, const std::vector<std::optional<double>>& cq,
                            double copies_per_unit) {
    std::vector<qpcr::StandardWell> wells;
    for (std::size_t i = 0; i < quantity.size(); ++i) wells.push_back({quantity[i], cq.at(i), {}});
    const auto fitted = chimerism::fit_curve(wells, copies_per_unit);
    if (!fitted.curve) throw ConfigError("No standard curve: " + fitted.reason);
    const auto& curve = *fitted.curve;
    py::dict out;
    out["intercept"] = curve.intercept;
    out["slope"] = curve.slope;
    out["sd"] = curve.sd;
    out["intercept_se"] = std::sqrt(curve.intercept_variance);
    out["slope_se"] = std::sqrt(curve.slope_variance);
    out["covariance"] = curve.covariance;
    out["df"] = curve.freedom;
    return out;
}

}  // namespace

void bind_chimerism(py::module_& module) {
    module.def("quantify", &quantify, py::arg("runs"), py::arg("cases"), py::arg("panel"), py::arg("samples"),
               py::arg("donor"), py::arg("reference"), py::call_guard<py::gil_scoped_release>(),
               "Schema microchim/result/1, as JSON.");
    module.def(
        "estimate", [](const std::string& line) { return report::answer_estimate(line); }, py::arg("line"),
        py::call_guard<py::gil_scoped_release>(), "One line of `microchim estimate`: JSON in, JSON out.");
    module.def("fit_standard_curve", &fit_standard_curve, py::arg("quantity"), py::arg("cq"),
               py::arg("copies_per_unit"), "The curve of the likelihood from the wells of the standards.");
}

}  // namespace microchim::bindings
