/* The layout of the plugin interface, pinned: a plugin built years ago must still mean the same. Compiled as C11
 * and as C++20; there is nothing to run. Sizes are those of 64-bit systems. */
#include "microchim/reader.h"

#ifndef __cplusplus
#define static_assert _Static_assert
#endif

#define AT(type, field, offset) static_assert(offsetof(type, field) == (offset), #type "." #field " has moved")
#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type " has changed its size")

static_assert(sizeof(void*) == 8 && sizeof(size_t) == 8, "a 64-bit system");

SIZE(microchim_text, 16);
AT(microchim_text, size, 8);

SIZE(microchim_bundle, 40);
AT(microchim_bundle, count, 8);
AT(microchim_bundle, name, 16);
AT(microchim_bundle, bytes, 24);
AT(microchim_bundle, each, 32);

SIZE(microchim_run, 160);
AT(microchim_run, plate, 16);
AT(microchim_run, instrument, 32);
AT(microchim_run, serial_number, 48);
AT(microchim_run, consumable, 64);
AT(microchim_run, software, 80);
AT(microchim_run, software_version, 96);
AT(microchim_run, started, 112);
AT(microchim_run, rows, 128);
AT(microchim_run, columns, 136);
AT(microchim_run, entries, 144);
AT(microchim_run, entry_count, 152);

SIZE(microchim_react, 56);
AT(microchim_react, sample, 16);
AT(microchim_react, type, 32);
AT(microchim_react, quantity, 40);
AT(microchim_react, volume_ul, 48);

SIZE(microchim_curve, 192);
AT(microchim_curve, target, 16);
AT(microchim_curve, dye, 32);
AT(microchim_curve, position, 48);
AT(microchim_curve, type, 64);
AT(microchim_curve, signal, 68);
AT(microchim_curve, cycles, 72);
AT(microchim_curve, fluorescence, 80);
AT(microchim_curve, baselined, 88);
AT(microchim_curve, cq, 96);
AT(microchim_curve, threshold, 104);
AT(microchim_curve, amplified, 112);
AT(microchim_curve, quantity, 120);
AT(microchim_curve, unit, 128);
AT(microchim_curve, efficiency, 144);
AT(microchim_curve, baseline_first, 152);
AT(microchim_curve, baseline_last, 160);
AT(microchim_curve, excluded, 168);
AT(microchim_curve, status, 176);

SIZE(microchim_series, 80);
AT(microchim_series, target, 16);
AT(microchim_series, name, 32);
AT(microchim_series, kind, 48);
AT(microchim_series, points, 56);
AT(microchim_series, at, 64);
AT(microchim_series, fluorescence, 72);

SIZE(microchim_channel, 56);
AT(microchim_channel, target, 16);
AT(microchim_channel, threshold, 32);
AT(microchim_channel, fluorescence, 40);
AT(microchim_channel, positive, 48);

SIZE(microchim_partitions, 56);
AT(microchim_partitions, rows, 16);
AT(microchim_partitions, channels, 24);
AT(microchim_partitions, channel, 32);
AT(microchim_partitions, excluded, 40);
AT(microchim_partitions, volume_nl, 48);

SIZE(microchim_counts, 184);
AT(microchim_counts, target, 16);
AT(microchim_counts, dye, 32);
AT(microchim_counts, channel, 48);
AT(microchim_counts, pooled, 64);
AT(microchim_counts, members, 72);
AT(microchim_counts, sample, 88);
AT(microchim_counts, accepted, 104);
AT(microchim_counts, positive, 112);
AT(microchim_counts, excluded, 120);
AT(microchim_counts, threshold, 128);
AT(microchim_counts, volume_nl, 136);
AT(microchim_counts, copies_per_ul, 144);
AT(microchim_counts, low, 152);
AT(microchim_counts, high, 160);
AT(microchim_counts, status, 168);

SIZE(microchim_sink, 72);
AT(microchim_sink, run, 8);
AT(microchim_sink, react, 16);
AT(microchim_sink, curve, 24);
AT(microchim_sink, series, 32);
AT(microchim_sink, partitions, 40);
AT(microchim_sink, counts, 48);
AT(microchim_sink, attribute, 56);
AT(microchim_sink, note, 64);

SIZE(microchim_reader, 48);
AT(microchim_reader, name, 8);
AT(microchim_reader, version, 16);
AT(microchim_reader, maturity, 24);
AT(microchim_reader, probe, 32);
AT(microchim_reader, read, 40);

static_assert(MICROCHIM_UNKN == 0 && MICROCHIM_NTC == 1 && MICROCHIM_NAC == 2 && MICROCHIM_STD == 3, "sample types");
static_assert(MICROCHIM_NTP == 4 && MICROCHIM_NRT == 5 && MICROCHIM_POS == 6 && MICROCHIM_OPT == 7, "sample types");
static_assert(MICROCHIM_RAW == 0 && MICROCHIM_NORMALISED == 1 && MICROCHIM_BASELINED == 2, "kinds of curve");
static_assert(MICROCHIM_MELT == 0 && MICROCHIM_MELT_DERIVATIVE == 1 && MICROCHIM_DYE == 2 && MICROCHIM_FILTER == 3,
              "kinds of series");
static_assert(MICROCHIM_WELL == 0 && MICROCHIM_SUM == 1 && MICROCHIM_MEAN == 2, "kinds of row");
static_assert(MICROCHIM_INFO == 0 && MICROCHIM_WARNING == 1 && MICROCHIM_ERROR == 2, "severities");
static_assert(MICROCHIM_NO == 0 && MICROCHIM_MAYBE == 1 && MICROCHIM_YES == 2, "answers of a probe");
