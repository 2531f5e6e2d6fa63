// Amplification curves for Python: those of runs, and bare arrays. Both answer with the document that the command
// prints.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bindings/bind.hpp"
#include "core/report/cq.hpp"

namespace py = pybind11;

namespace microchim::bindings {
namespace {

using Rows = py::array_t<float, py::array::c_style | py::array::forcecast>;

qpcr::Method method_of(const std::string& name) {
    const auto method = qpcr::method_of(name);
    if (!method) throw std::invalid_argument("there is no method '" + name + "'");
    return *method;
}

py::str cq(const std::vector<std::shared_ptr<Run>>& runs, const std::string& name) {
    const auto method = method_of(name);
    std::string json;
    {
        py::gil_scoped_release other_threads_may_run;  // a run never changes once it was read
        std::vector<const Run*> all;
        for (const auto& run : runs) all.push_back(run.get());
        json = report::dump(report::cq_json(report::analyse_runs(all, method), method));
    }
    return text(json);
}

/// One react per row, so that the core sees what it sees of a file.
Run run_of(const Rows& fluorescence, const std::vector<std::string>& targets, const std::vector<bool>& excluded) {
    if (fluorescence.ndim() != 2 || fluorescence.shape(1) == 0)
        throw std::invalid_argument("expected an array of rows with at least one cycle");
    const auto rows = static_cast<std::size_t>(fluorescence.shape(0));
    if (targets.size() != rows || excluded.size() != rows)
        throw std::invalid_argument("expected a target and an exclusion for every row");
    Run run;
    for (std::size_t i = 0; i < rows; ++i) {
        const float* first = fluorescence.data(static_cast<py::ssize_t>(i), 0);
        Curve curve;
        curve.target = targets[i];
        curve.fluorescence.assign(first, first + fluorescence.shape(1));
        curve.excluded = excluded[i];
        run.reacts.emplace_back().curves.push_back(std::move(curve));
    }
    return run;
}

py::str cq_of_rows(const Rows& fluorescence, const std::vector<std::string>& targets, const std::vector<bool>& excluded,
                   const std::string& name) {
    const auto method = method_of(name);
    const auto run = run_of(fluorescence, targets, excluded);  // a copy: the array may change while we work
    std::string json;
    {
        py::gil_scoped_release other_threads_may_run;
        auto document = report::cq_json({{&run, qpcr::analyse(run, method)}}, method);
        for (auto& entry : document["curves"]) entry["well"] = entry["type"] = "";  // an array has neither
        json = report::dump(document);
    }
    return text(json);
}

}  // namespace

void bind_qpcr(py::module_& module) {
    module.def("cq", &cq, py::arg("runs"), py::arg("method"), "Schema microchim/cq/1, as JSON.");
    module.def("cq_of_rows", &cq_of_rows, py::arg("fluorescence"), py::arg("targets"), py::arg("excluded"),
               py::arg("method"),
               "The same of an array with one curve a row, cycle 1 first; one entry a row, without well and type.");
}

}  // namespace microchim::bindings
