--TEST--
What a logger brings about is logged in the next tick, not for ever in this one
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
require __DIR__ . '/../psr.inc';

final class Endless implements \Psr\Log\LoggerInterface
{
    public ?AmiClientManager $manager = null;
    public int $records = 0;

    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $this->records++;
        if ($this->records > 10_000) {
            exit("endless\n");
        }
        if ($message === 'closed') {
            $this->manager?->default()->open();
            $this->manager?->default()->close();
        }
    }
}
$simulator = new Simulator();
$logger = new Endless();
$logger->manager = $manager = $simulator->ready(logger: $logger);
$before = $logger->records;
$manager->terminate();
$manager->tickAll();
var_dump($logger->records - $before);
$manager->tickAll();
var_dump($logger->records - $before);
?>
--EXPECT--
int(1)
int(2)
