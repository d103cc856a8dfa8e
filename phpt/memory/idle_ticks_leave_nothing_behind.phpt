--TEST--
10,000 idle ticks leave no byte behind, and hold no more at any time than one TickSummary
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$simulator = new Simulator();
$manager = $simulator->ready();
// What was still on its way, and what a first tick needs.
do {
    $summary = $manager->tickAll(50);
} while ($summary->hasProgress());
$summary = null;
$progress = 0;
$before = 0;
memory_reset_peak_usage();
$before = memory_get_usage();
for ($i = 0; $i < 10_000; $i++) {
    $progress += (int) $manager->tickAll(0)->hasProgress();
}
var_dump($progress, memory_get_usage() - $before, memory_get_peak_usage() - $before < 1024);
?>
--EXPECT--
int(0)
int(0)
bool(true)
