-- Devices of their own: with a name, at a door or anywhere in a building.

-- Up Migration

alter table device
  alter column door drop not null,
  add column building text references building,
  add column name_zh text,
  add column name_en text,
  -- What an installer sets per device: a channel, an address on a bus.
  add column params jsonb not null default '{}';
update device set
  name_zh = door.name_zh || case device.side
    when 'entry' then ' 进门扫码头' when 'exit' then ' 出门扫码头' else ' 门控制器' end,
  name_en = door.name_en || case device.side
    when 'entry' then ', entry scanner' when 'exit' then ', exit scanner'
    else ', door controller' end
  from door where door.id = device.door;
alter table device
  alter column name_zh set not null,
  alter column name_en set not null,
  -- The building of a device at a door is its door's.
  add constraint device_place check ((door is null) <> (building is null));

alter table command
  alter column door drop not null,
  add column device text,
  -- Of a device: the command's name in its profile.
  add column run text,
  -- False: the device has no way to confirm it, and "sent" is its end.
  add column confirms boolean not null default true,
  -- How long an outcome may take beyond the command's own life, by the profile.
  add column within_ms integer not null default 0,
  add constraint command_target check ((door is null) <> (device is null));

create index command_device on command (device, created_at desc) where device is not null;
create index event_device on event (device, at desc) where device is not null;

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
