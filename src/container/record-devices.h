/*
 * record-devices.h - network devices, to and from a record
 */
#pragma once

struct arena;
struct net_devices;
struct record_state;

/* Both copy what they need into ARENA, except names, which live as long as their source, DEVICES or RECORD. */
void record_put_devices(struct arena *arena, struct record_state *record, const struct net_devices *devices);
void record_get_devices(struct arena *arena, const struct record_state *record, struct net_devices *devices);
