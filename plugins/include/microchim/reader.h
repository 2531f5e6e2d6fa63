/* microchim/reader.h - the whole plugin interface. C11 and C++20, no dependencies.
 *
 * A reader turns the files that one instrument program wrote into facts about one
 * PCR run. The host owns every byte: it hands over file contents, and it copies
 * whatever is reported before the callback returns. Nothing is allocated on one
 * side and freed on the other.
 *
 * A reader opens no file, prints nothing, keeps no state, starts no thread, and may
 * be called from several threads at once.
 *
 * Not stated in the file:  text -> size 0,  double -> NaN,  count -> -1.
 * A reader reports what the file says. It never fills a gap with a default and holds
 * no physical constant: partition volumes live in instruments/.
 *
 * The symbol's name carries the version of this interface: _v0 may still change,
 * from release 1.0 on it is _v1 and this header never changes again.
 */
#ifndef MICROCHIM_READER_H
#define MICROCHIM_READER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* UTF-8, not NUL-terminated. */
typedef struct microchim_text {
    const char* data;
    size_t size;
} microchim_text;

/* ---- what the reader is given ------------------------------------------ */

/* The files of one drop: a lone file, several, a folder, or the inside of a zip. They all look the same from
 * here; entries are sorted by name. An archive inside a folder comes as "archive.zip/run.csv", a workbook as one
 * comma-separated table a sheet: "results.xlsx/Sheet1.csv". */
typedef struct microchim_bundle {
    void* self;
    size_t count;
    microchim_text (*name)(void* self, size_t entry);  /* relative path, '/' */
    microchim_text (*bytes)(void* self, size_t entry); /* whole content, raw */
    /* Calls work(context, 0) ... work(context, tasks - 1), several at a time where that pays, and returns when all are
     * done. `work` must not call the sink, and no exception may leave it. */
    void (*each)(void* self, size_t tasks, void (*work)(void* context, size_t task), void* context);
} microchim_bundle;

/* ---- what the reader reports (names follow RDML) ------------------------ */

enum { /* RDML sampleType */
       MICROCHIM_UNKN,
       MICROCHIM_NTC,
       MICROCHIM_NAC,
       MICROCHIM_STD,
       MICROCHIM_NTP,
       MICROCHIM_NRT,
       MICROCHIM_POS,
       MICROCHIM_OPT
};
enum { MICROCHIM_RAW, MICROCHIM_NORMALISED, MICROCHIM_BASELINED }; /* what a curve is made of */
enum { MICROCHIM_WELL, MICROCHIM_SUM, MICROCHIM_MEAN };            /* what a row of counts stands for */
enum { MICROCHIM_INFO, MICROCHIM_WARNING, MICROCHIM_ERROR };       /* severity of a note */
enum { MICROCHIM_NO, MICROCHIM_MAYBE, MICROCHIM_YES };             /* answer of a probe */

/* What holds for a run as a whole. Opens the run: the facts that follow belong to it, until the next run is
 * opened. A reader that finds two runs in one bundle opens two. */
typedef struct microchim_run {
    microchim_text id, plate, instrument, serial_number, consumable;
    microchim_text software, software_version;
    microchim_text started; /* as written in the file */
    int64_t rows, columns;  /* plate geometry */
    const size_t* entries;  /* the files it was read from; NULL: all of the bundle */
    size_t entry_count;
} microchim_run;

/* One well, before what was measured in it. A well may be reported again with the same facts. */
typedef struct microchim_react {
    microchim_text well, sample;
    int32_t type;     /* MICROCHIM_UNKN ... */
    double quantity;  /* known input of a standard, the same for all its targets */
    double volume_ul; /* of the reaction */
} microchim_react;

/* qPCR: one target in one well, reported once. Where a file has results but no curves, or the reverse, the other
 * half is left out. */
typedef struct microchim_curve {
    microchim_text well, target, dye;
    microchim_text position;   /* inside the well, where one well holds a target several times: chamber "S48-A01" */
    int32_t type;              /* MICROCHIM_UNKN ... of this target in this well; -1: as the well */
    int32_t signal;            /* MICROCHIM_RAW ... */
    size_t cycles;             /* 0: no curve in the file */
    const float* fluorescence; /* cycle 1, 2, ...; NaN for a cycle that was not read */
    const float* baselined;    /* the same cycles as the instrument software corrected them; NULL: not in the file */
    double cq, threshold;      /* the instrument software's own; no Cq is NaN, however it is spelled */
    int32_t amplified;         /* as the instrument software judged it: 1, 0 ("Undetermined"); -1: it does not say */
    double quantity;           /* of a standard: its known input; of others: what the instrument software computed */
    microchim_text unit;       /* of the quantity */
    double efficiency;         /* the instrument software's own, as a base from 1 to 2: 1.95 */
    int64_t baseline_first, baseline_last; /* cycles that its baseline was fitted to; -1: not stated */
    int32_t excluded;                      /* 1: left out by the user or by the instrument software; 0: not */
    microchim_text status;                 /* its own words: "No Amp", "EXPFAIL, NOISE" */
} microchim_curve;

/* What else was read of a well, kept as data: a melting curve, the signal of one dye or of one filter. */
enum { MICROCHIM_MELT, MICROCHIM_MELT_DERIVATIVE, MICROCHIM_DYE, MICROCHIM_FILTER };
typedef struct microchim_series {
    microchim_text well, target;
    microchim_text name; /* "ROX", "x1-m1", "483-533" */
    int32_t kind;        /* MICROCHIM_MELT ... */
    size_t points;
    const float* at; /* degrees C of a melting curve, else the cycle */
    const float* fluorescence;
} microchim_series;

/* One channel of a partition table. */
typedef struct microchim_channel {
    microchim_text name, target;
    double threshold;          /* the instrument software's own */
    const float* fluorescence; /* end point, one per partition */
    const uint8_t* positive;   /* its own call: 0, 1, or 2 for unclassified; NULL: none */
} microchim_channel;

/* dPCR: every accepted partition of a well. */
typedef struct microchim_partitions {
    microchim_text well;
    size_t rows, channels;
    const microchim_channel* channel;
    int64_t excluded;
    double volume_nl;
} microchim_partitions;

/* dPCR: one target in one well, or in a row that stands for several, as the instrument software classified it. */
typedef struct microchim_counts {
    microchim_text well, target, dye;
    microchim_text channel; /* "1", "2" ... */
    int32_t pooled;         /* MICROCHIM_WELL, or MICROCHIM_SUM, MICROCHIM_MEAN: `well` is only a name, "M01" */
    microchim_text members; /* "B01,C01": the wells of a pooled row; empty: the file does not say */
    microchim_text sample;  /* of a pooled row; a well's own is in its react */
    int64_t accepted, positive, excluded; /* of a MICROCHIM_MEAN: -1 where they are no whole numbers */
    double threshold, volume_nl;
    double copies_per_ul, low, high; /* the instrument software's own */
    microchim_text status;           /* its own word: "OK", "No Call" ... */
} microchim_counts;

typedef struct microchim_sink {
    void* self;
    void (*run)(void* self, const microchim_run*);
    void (*react)(void* self, const microchim_react*);
    void (*curve)(void* self, const microchim_curve*);
    void (*series)(void* self, const microchim_series*);
    void (*partitions)(void* self, const microchim_partitions*);
    void (*counts)(void* self, const microchim_counts*);
    /* Anything else the file says; well may be empty. Nothing gets lost. */
    void (*attribute)(void* self, microchim_text well, microchim_text key, microchim_text value);
    /* where: "A01", or "run.csv:17, column 'Positives'" */
    void (*note)(void* self, int32_t severity, microchim_text where, microchim_text what);
} microchim_sink;

/* ---- what the plugin exports -------------------------------------------- */

typedef struct microchim_reader {
    const char* id;       /* "biorad-quantasoft": lower case, unique */
    const char* name;     /* "Bio-Rad QuantaSoft" */
    const char* version;  /* of the reader */
    const char* maturity; /* "tested" on real files, or "draft" */
    /* MICROCHIM_NO ...; says why in at most one note to the sink */
    int32_t (*probe)(const microchim_bundle*, const microchim_sink*);
    /* 0: complete. Otherwise the last MICROCHIM_ERROR note says what is wrong and where. */
    int32_t (*read)(const microchim_bundle*, const microchim_sink*);
} microchim_reader;

#if defined(__GNUC__)
#define MICROCHIM_EXPORT __attribute__((visibility("default")))
#else
#define MICROCHIM_EXPORT
#endif

/* The one symbol a plugin exports. */
extern MICROCHIM_EXPORT const microchim_reader microchim_reader_v0;

#ifdef __cplusplus
}
#endif
#endif
