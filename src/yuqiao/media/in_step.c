/* What a tick does for legs that are in step: whose packets are each the very next of their stream, whose buffers have
 * the next frame, who are sent to at the address they are heard from, in the clear or by SRTP. `in_step.py` compiles
 * and calls it; the arrays are NumPy's, by a leg's row, and what they mean stands where they are made. Sizes and limits
 * come from there too.
 *
 * Nothing here allocates but libsrtp, once for each source that it hears with the right key; and nothing is decided
 * here that is not plain: whatever is, is left to Python, untouched. */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* One arrangement of legs in conferences: members in `order`, `sizes[i]` of them in conference i. */
struct seating {
    const int64_t *order;
    const int64_t *sizes;
    const uint8_t *silent; /* by row: muted */
    int64_t conferences;
};

/* One running track of a recording: what of which row (or conference) goes into which slot of the block. */
struct track {
    int64_t kind;
    int64_t row;
    int64_t slot;
};
enum { SILENCE, LEG_IN, LEG_OUT, CONFERENCE };

/* srtp_protect(), srtp_unprotect() and srtp_unprotect_rtcp() of libsrtp 2: session, packet, its octets. */
typedef int (*secure)(void *, void *, int *);

struct tables {
    /* coming in */
    const int32_t *ear;      /* socket that is received from here, or -1 */
    const uint64_t *opens;   /* libsrtp's session that opens what comes there, or 0 */
    const uint8_t *shared;   /* STUN and DTLS come there, too, and from anywhere (RFC 7983) */
    int64_t *refused;        /* packets that were not made with the key, */
    int64_t *replayed;       /* and those that came again */
    int64_t *letters_of;     /* datagrams that are no RTP: how many of each row wait, */
    int64_t *letters_lost;   /* and how many there was no room for; */
    int64_t *letter_rows;    /* by place: whose, */
    int64_t *letter_sizes;   /* of how many octets, */
    uint8_t *letter_sources; /* from where, */
    uint8_t *letters;        /* and what they say */
    uint8_t *slots;
    int64_t *sizes;
    uint32_t *headers;
    int64_t *heard_tick;
    const uint16_t *law;
    int64_t *came;    /* rows that something came for */
    int64_t *strange; /* rows whose slot holds what is not in step */
    /* the ring */
    int16_t *samples;
    uint16_t *whole;
    const uint16_t *settled;
    uint32_t *read_at;
    int64_t *end;
    int64_t *tally;
    int64_t *spare;
    double *wait;
    /* mixing */
    int16_t *voices;
    int32_t *heard;
    int32_t *sums;
    /* going out */
    uint8_t *wire;
    uint16_t *seq;
    uint32_t *timestamp;
    int64_t *packets;
    const uint8_t *sending;
    const int32_t *mouth;        /* socket to send by, or -1 for who is sent to by Python */
    const uint64_t *seals;       /* libsrtp's session that seals what goes there, or 0 */
    const uint8_t *targets;      /* whom to, if the socket is not connected, */
    const uint8_t *target_sizes; /* then more than 0 */
    const uint8_t *names;        /* contributing sources that sealed packets name, */
    const uint8_t *named;        /* and how many */
    /* code -> sample; sum -> code, sum -> sample */
    const int16_t *laws;
    const uint8_t *to_alaw;
    const uint8_t *to_ulaw;
    const int16_t *soft;
    /* recording */
    const struct track *tracks;
    int16_t *block;
    /* how many there are of what */
    int64_t came_count;
    int64_t strange_count;
    int64_t letter_count;
    int64_t track_count;
    int64_t done; /* by `run`: ticks, */
    int64_t late; /* and those that began later than `LATE` */
    secure protect;
    secure unprotect;
    secure unprotect_report;
};

int64_t tables_size(void) { return sizeof(struct tables); }

static uint32_t word(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_word(uint8_t *at, uint32_t value) {
    at[0] = value >> 24, at[1] = value >> 16 & 0xFF, at[2] = value >> 8 & 0xFF, at[3] = value & 0xFF;
}

/* Take in the packet in the slot of `row` if it is the very next of its stream; tell whether it was. (Where a sequence
 * number wraps around, it carries into the payload type, and the packet goes the general way.) */
static int follow(struct tables *t, int64_t row, int64_t size, int64_t tick, int64_t now) {
    const uint8_t *packet = t->slots + row * SLOT;
    uint32_t *header = t->headers + row * 3;
    if (size != HEADER + FRAME || header[0] == 0)
        return 0;
    const uint32_t first = word(packet), stamp = word(packet + 4), ssrc = word(packet + 8);
    if (first - header[0] != 1 || stamp - header[1] != FRAME || ssrc != header[2])
        return 0;
    const uint32_t ahead = stamp - t->read_at[row];
    if (ahead > DEEPEST) /* or negative, on the circle of 32 bits */
        return 0;
    header[0] = first, header[1] = stamp;
    t->heard_tick[row] = tick;
    for (int count = 0; count < 3; count++)
        t->tally[row * 3 + count]++;
    t->end[row] = (int64_t)ahead + FRAME;
    if (t->spare[row] > ahead)
        t->spare[row] = ahead;
    if (now % SAMPLED == 0)
        t->wait[row] += (ahead - t->wait[row]) / 4;
    const int64_t block = row * BLOCKS + (ahead / FRAME + now) % BLOCKS;
    const int16_t *table = t->laws + t->law[row];
    int16_t *into = t->samples + block * FRAME;
    for (int at = 0; at < FRAME; at++)
        into[at] = table[packet[HEADER + at]];
    t->whole[block] = WHOLE;
    return 1;
}

/* Take in the packets that lie in the slots of `rows`, in their place; those not in step are `strange` then. */
void take(struct tables *t, const int64_t *rows, int64_t count, int64_t tick, int64_t now) {
    for (int64_t at = 0; at < count; at++)
        if (!follow(t, rows[at], t->sizes[rows[at]], tick, now))
            t->strange[t->strange_count++] = rows[at];
}

/* Open the packet of `size` octets in the slot of `row` where it lies, RTP or (RFC 5761) RTCP; return its new size, or
 * `NOTHING`. */
static int64_t open_sealed(struct tables *t, int64_t row, int64_t size) {
    uint8_t *packet = t->slots + row * SLOT;
    const int is_report = size > 1 && packet[1] >= FIRST_KIND && packet[1] <= LAST_KIND;
    int left = (int)size;
    const int status = (is_report ? t->unprotect_report : t->unprotect)((void *)t->opens[row], packet, &left);
    if (status == SECURED)
        return left;
    (status == SEEN_BEFORE || status == TOO_OLD ? t->replayed : t->refused)[row]++;
    return NOTHING;
}

/* Keep a datagram that is no RTP for Python. Each leg has room for `LETTERS`, so nobody is crowded out by what others
 * are sent; what there is no room for is as good as lost on the way. */
static void put_aside(struct tables *t, int64_t row, int64_t size, const struct sockaddr_in6 *source) {
    if (t->letters_of[row] == LETTERS) {
        t->letters_lost[row]++;
        return;
    }
    t->letters_of[row]++;
    const int64_t at = t->letter_count++;
    t->letter_rows[at] = row, t->letter_sizes[at] = size;
    memcpy(t->letter_sources + at * ADDRESS, source, ADDRESS);
    memcpy(t->letters + at * SLOT, t->slots + row * SLOT, size);
}

/* Receive a packet of `row` into its slot and open it. Returns its size, `NOTHING` if it is none, `EMPTY` when there is
 * no more. */
static int64_t receive_one(struct tables *t, int64_t row) {
    uint8_t *packet = t->slots + row * SLOT;
    struct sockaddr_in6 source = {0};
    socklen_t length = sizeof source;
    const ssize_t size = t->shared[row]
                             ? recvfrom(t->ear[row], packet, SLOT, MSG_DONTWAIT, (struct sockaddr *)&source, &length)
                             : recv(t->ear[row], packet, SLOT, MSG_DONTWAIT);
    if (size < 0) /* ECONNREFUSED: what we sent before found nobody, udp(7) */
        return errno == EAGAIN || errno == EWOULDBLOCK ? EMPTY : NOTHING;
    if (t->shared[row] && (size == 0 || packet[0] >> 6 != 2)) {
        put_aside(t, row, size, &source);
        return NOTHING;
    }
    return t->opens[row] ? open_sealed(t, row, size) : size;
}

/* Receive at most `most` packets of each leg that has an `ear`, until one is `strange`. */
void receive(struct tables *t, int64_t span, int64_t most, int64_t tick, int64_t now) {
    t->came_count = 0;
    for (int64_t row = 0; row < span; row++) {
        if (t->ear[row] < 0)
            continue;
        int came = 0;
        for (int64_t turn = 0; turn < most; turn++) {
            const int64_t size = receive_one(t, row);
            if (size == EMPTY)
                break;
            if (size == NOTHING)
                continue;
            came = 1;
            if (!follow(t, row, size, tick, now)) {
                t->sizes[row] = size;
                t->strange[t->strange_count++] = row;
                break;
            }
        }
        if (came)
            t->came[t->came_count++] = row;
    }
}

/* Tell whether something is to be mended in the next frames of rows 0 ... count-1. */
int uneven(const struct tables *t, int64_t count, int64_t now) {
    for (int64_t row = 0; row < count; row++)
        if (t->whole[row * BLOCKS + now] != t->settled[row])
            return 1;
    return 0;
}

void read_frames(const struct tables *t, int64_t count, int64_t now, int16_t *into) {
    for (int64_t row = 0; row < count; row++)
        memcpy(into + row * FRAME, t->samples + (row * BLOCKS + now) * FRAME, FRAME * sizeof *into);
}

/* Go on by a frame; the one that is now too old even for concealment is cleared. */
void go_on(struct tables *t, int64_t count, int64_t now) {
    const int64_t oldest = (now + BLOCKS - BEHIND) % BLOCKS;
    for (int64_t row = 0; row < count; row++) {
        const int64_t block = row * BLOCKS + oldest;
        memset(t->samples + block * FRAME, 0, FRAME * sizeof *t->samples);
        t->whole[block] = 0;
        t->read_at[row] += FRAME;
        t->end[row] -= FRAME;
    }
}

/* Add each conference's voices to its `sums`, and put those without its own voice into what each member `heard`. */
void mix(const struct seating *seating, const int16_t *voices, int32_t *sums, int32_t *heard) {
    const int64_t *member = seating->order;
    for (int64_t conference = 0; conference < seating->conferences; conference++, sums += FRAME) {
        const int64_t *end = member + seating->sizes[conference];
        for (const int64_t *each = member; each < end; each++)
            if (!seating->silent[*each])
                for (int at = 0; at < FRAME; at++)
                    sums[at] += voices[*each * FRAME + at];
        for (; member < end; member++) {
            const int32_t own = seating->silent[*member] ? 0 : -1;
            for (int at = 0; at < FRAME; at++)
                heard[*member * FRAME + at] = sums[at] - (voices[*member * FRAME + at] & own);
        }
    }
}

/* Where in the tables of soft levels a sum stands. */
static inline int64_t place(int32_t sum) {
    return sum < -REACH ? 0 : sum >= REACH ? 2 * REACH - 1 : sum + REACH;
}

/* Send a packet, sealed if that is the leg's way. A key that has served all it may (RFC 3711 9.2) seals no more; nobody
 * there, no route, or a full buffer: as good as lost on the way. */
static void send_one(const struct tables *t, int64_t row, const uint8_t *packet) {
    _Alignas(8) uint8_t sealed[HEADER + 4 * NAMED + FRAME + TRAILER];
    int size = HEADER + FRAME;
    if (t->seals[row]) {
        const int more = 4 * t->named[row];
        memcpy(sealed, packet, HEADER);
        memcpy(sealed + HEADER, t->names + row * 4 * NAMED, more);
        memcpy(sealed + HEADER + more, packet + HEADER, FRAME);
        sealed[0] |= t->named[row], size += more; /* RFC 3550 5.1: CC */
        if (t->protect((void *)t->seals[row], sealed, &size) != SECURED)
            return;
        packet = sealed;
    }
    const struct sockaddr *target = t->target_sizes[row] ? (const void *)(t->targets + row * ADDRESS) : NULL;
    (void)!sendto(t->mouth[row], packet, size, MSG_DONTWAIT, target, t->target_sizes[row]);
}

/* Make a packet of what each leg hears, `ticks` after its last, and send it to those who have a `mouth`. */
void send_frames(struct tables *t, int64_t span, int64_t ticks) {
    for (int64_t row = 0; row < span; row++) {
        t->timestamp[row] += (uint32_t)(FRAME * ticks);
        if (!t->sending[row])
            continue;
        uint8_t *packet = t->wire + row * (HEADER + FRAME);
        const uint8_t *table = (packet[1] & 0x7F) == PCMU ? t->to_ulaw : t->to_alaw;
        const int32_t *frame = t->heard + row * FRAME;
        for (int at = 0; at < FRAME; at++)
            packet[HEADER + at] = table[place(frame[at])];
        const uint16_t seq = ++t->seq[row];
        packet[2] = seq >> 8, packet[3] = seq & 0xFF;
        put_word(packet + 4, t->timestamp[row]);
        t->packets[row]++;
        if (t->mouth[row] >= 0)
            send_one(t, row, packet);
    }
}

/* Put this tick's frame of each track into the block, from `column` on. */
void record(const struct tables *t, int64_t column) {
    for (const struct track *track = t->tracks; track < t->tracks + t->track_count; track++) {
        int16_t *into = t->block + track->slot * BLOCK + column;
        const int32_t *sums = track->kind == LEG_OUT ? t->heard + track->row * FRAME : t->sums + track->row * FRAME;
        if (track->kind == SILENCE)
            memset(into, 0, FRAME * sizeof *into);
        else if (track->kind == LEG_IN)
            memcpy(into, t->voices + track->row * FRAME, FRAME * sizeof *into);
        else
            for (int at = 0; at < FRAME; at++)
                into[at] = t->soft[place(sums[at])];
    }
}

static int64_t clock_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Wait until `due` (ns) or until `control` can be read; tell whether it can. */
static int is_read_before(int control, int64_t due) {
    struct pollfd watched = {control, POLLIN, 0};
    const int64_t left = due - clock_now();
    const struct timespec rest = {left > 0 ? left / 1000000000 : 0, left > 0 ? left % 1000000000 : 0};
    return ppoll(&watched, 1, &rest, NULL) > 0;
}

/* Wait until `due` (ns); return by how much it is over, or -1 as soon as `control` can be read. */
int64_t wait_for(int control, int64_t due) {
    int64_t behind;
    do { /* again if a signal woke us */
        if (is_read_before(control, due))
            return -1;
        behind = clock_now() - due;
    } while (behind < 0);
    return behind;
}

/* Do tick `tick` in block `now`, for what comes and goes here; tell whether all legs were in step. If not, nothing is
 * done but that the ring may have taken packets in. */
int step(struct tables *t, const struct seating *seating, int64_t span, int64_t tick, int64_t now, int64_t column) {
    receive(t, span, ROUNDS, tick, now);
    if (t->strange_count || uneven(t, span, now))
        return 0;
    read_frames(t, span, now, t->voices);
    go_on(t, span, now);
    memset(t->heard, 0, span * FRAME * sizeof *t->heard);
    memset(t->sums, 0, seating->conferences * FRAME * sizeof *t->sums);
    mix(seating, t->voices, t->sums, t->heard);
    send_frames(t, span, 1);
    record(t, column);
    return 1;
}

/* Tick every `TICK` ns from `due` on, for at most `most` ticks, `tick` being the first and `now` its block, as long as
 * all legs are in step. Returns `CALLED` when `control` can be read, `DUE` when a tick is due that is not for us,
 * `PAUSE` after `pause` ticks or as soon as there are letters. */
int run(struct tables *t, const struct seating *seating, int64_t span, int control, int64_t due, int64_t most,
        int64_t pause, int64_t tick, int64_t now, int64_t column) {
    for (t->done = t->late = 0;; t->done++, due += TICK, tick++, now = (now + 1) % BLOCKS, column += FRAME) {
        if (t->letter_count || t->done == pause)
            return PAUSE;
        const int64_t behind = wait_for(control, due);
        if (behind < 0)
            return CALLED;
        if (t->done == most || behind > TOO_FAR_BEHIND || !step(t, seating, span, tick, now, column))
            return DUE;
        t->late += behind > LATE;
    }
}
