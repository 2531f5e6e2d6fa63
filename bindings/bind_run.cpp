// A run for Python: its document, and every partition as an array without a copy.
#include <pybind11/numpy.h>

#include <memory>

#include "bindings/bind.hpp"
#include "core/report/json.hpp"
#include "core/run/run.hpp"

#include <nlohmann/json.hpp>

namespace py = pybind11;

namespace microchim::bindings {
namespace {

/// \throws std::out_of_range (IndexError) where the run has no such channel
const Channel& channel_at(const Run& run, std::size_t react, std::size_t channel) {
    const auto& partitions = run.reacts.at(react).partitions;
    if (!partitions) throw std::out_of_range("this well has no partitions");
    return partitions->channels.at(channel);
}

/// A view of our memory that nobody can write to; `owner` lives at least as long.
template <class Value>
py::array_t<Value> view(const std::vector<Value>& values, const py::object& owner) {
    py::array_t<Value> array(static_cast<py::ssize_t>(values.size()), values.data(), owner);
    array.attr("setflags")(py::arg("write") = false);
    return array;
}

py::array_t<float> fluorescence(const py::object& self, std::size_t react, std::size_t channel) {
    return view(channel_at(self.cast<const Run&>(), react, channel).fluorescence, self);
}

py::array_t<std::uint8_t> calls(const py::object& self, std::size_t react, std::size_t channel) {
    return view(channel_at(self.cast<const Run&>(), react, channel).positive, self);
}

py::str document(const Run& run) {
    std::string json;
    {
        py::gil_scoped_release other_threads_may_run;  // a run never changes once it was read
        json = report::dump(report::run_json(run));
    }
    return text(json);
}

}  // namespace

void bind_run(py::module_& module) {
    py::class_<Run, std::shared_ptr<Run>>(module, "Run", "One PCR run, as read and completed.")
        .def_property_readonly(
            "path", [](const Run& run) { return text(run.provenance.path); }, "As the user gave it.")
        .def("document", &document, "The run as JSON, schema microchim/run/1.")
        .def("fluorescence", &fluorescence, py::arg("react"), py::arg("channel"),
             "RFU of every accepted partition: a read-only view that keeps the run alive.")
        .def("calls", &calls, py::arg("react"), py::arg("channel"),
             "The instrument software's calls: 0, 1, 2 = unclassified; empty where the file holds none.");

    module.def(
        "well_name",
        [](const std::string& name) -> py::object {
            const auto well = Well::parse(name);
            return well ? py::object(py::str(well->name())) : py::object(py::none());
        },
        py::arg("name"), "'a1' and 'A01' are 'A01'; None for what is no well.");
}

}  // namespace microchim::bindings
