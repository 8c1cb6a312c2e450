import { expect, test } from 'vitest'

import { availableCpus, parseCfsQuota, parseCpuMax, withParents } from './cpu-count.ts'

const files =
  (content: Record<string, string>) =>
  (path: string): string | undefined =>
    content[path]

test('a quota is CPUs per period', () => {
  expect(parseCpuMax('150000 100000\n')).toBe(1.5)
  expect(parseCpuMax('max 100000\n')).toBeUndefined()
  expect(parseCfsQuota('200000\n', '100000\n')).toBe(2)
  expect(parseCfsQuota('-1\n', '100000\n')).toBeUndefined()
  expect(parseCpuMax('')).toBeUndefined()
})

test('without a cgroup quota all CPUs of the process are available', () => {
  expect(availableCpus(files({}), 8)).toBe(8)
  expect(availableCpus(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000' }), 8)).toBe(8)
})

test('the quota of a container counts, a part of a CPU as one', () => {
  expect(availableCpus(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '250000 100000' }), 8)).toBe(3)
  expect(availableCpus(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '10000 100000' }), 8)).toBe(1)
})

test('a quota larger than the CPUs that there are changes nothing', () => {
  expect(availableCpus(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '1600000 100000' }), 4)).toBe(4)
})

test('the narrowest quota on the way up holds', () => {
  const read = files({
    '/proc/self/cgroup': '0::/user.slice/app.service\n',
    '/sys/fs/cgroup/user.slice/app.service/cpu.max': '600000 100000',
    '/sys/fs/cgroup/user.slice/cpu.max': '200000 100000',
    '/sys/fs/cgroup/cpu.max': 'max 100000',
  })
  expect(availableCpus(read, 16)).toBe(2)
})

test('version 1 of cgroups is read too', () => {
  const read = files({
    '/proc/self/cgroup': '9:cpuset:/\n4:cpu,cpuacct:/docker/abc\n',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '300000',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000',
  })
  expect(availableCpus(read, 16)).toBe(3)
})

test('every folder above is one of the parents', () => {
  expect(withParents('/a/b')).toEqual(['/a/b', '/a', ''])
  expect(withParents('/')).toEqual([''])
})
