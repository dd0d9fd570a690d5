import type { Queryable } from '../ports.ts';

export const lilei = '01990000-0000-7000-8000-00000000000a';
export const lileiCard = '01990000-0000-7000-8000-00000000001a';
export const wangfang = '01990000-0000-7000-8000-00000000000b';

/** A site in Shanghai, a library that counts people, a lab that does not, two people, one card. */
export const seedPlaces = async (db: Queryable): Promise<void> => {
  const statements: readonly string[] = [
    `insert into site (id, campus, name_zh, name_en, zone) values
       ('east', 'campus-01', '东校区', 'East', 'Asia/Shanghai')`,
    `insert into building (id, site, name_zh, name_en, sort) values
       ('library', 'east', '图书馆', 'Library', 1), ('lab', 'east', '实验楼', 'Lab', 2)`,
    `insert into gateway (id, building, name_zh, name_en) values
       ('library-gw', 'library', '图书馆网关', 'Library gateway')`,
    `insert into door (id, building, gateway, class, name_zh, name_en, unlock_ms, counts, sort)
     values ('library-east', 'library', 'library-gw', 'gate', '东门', 'East gate', 500, true, 1),
       ('library-west', 'library', 'library-gw', 'gate', '西门', 'West gate', 500, true, 2),
       ('lab-201', 'lab', 'library-gw', 'lab', '201', '201', 500, false, 3)`,
    `insert into person (id, name_zh, name_en) values
       ('${lilei}', '李雷', 'Li Lei'), ('${wangfang}', '王芳', 'Wang Fang')`,
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from) values
       ('${lilei}', '${lilei}', 'student', '计算机学院', 'Computing', '2024-09-01Z'),
       ('${wangfang}', '${wangfang}', 'staff', '保卫处', 'Security', '2020-09-01Z')`,
    `insert into card (id, person, affiliation, number, state, valid_from, valid_to) values
       ('${lileiCard}', '${lilei}', '${lilei}', '2024001', 'active', '2024-09-01Z', '2028-07-01Z')`,
  ];
  for (const statement of statements) await db.query(statement);
};
