--TEST--
A logger that sends, subscribes, throws and closes through the client that it logs for stops no tick
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

final class Busy implements \Psr\Log\LoggerInterface
{
    public ?AmiClientManager $manager = null;
    public int $records = 0;
    public int $answers = 0;
    public int $heard = 0;

    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $this->records++;
        if ($this->manager === null || $message !== 'a callback threw') {
            return;
        }
        // Each record makes an action, and each answer a record.
        $this->manager->send(new GenericAction('Ping'))->onComplete(function () {
            $this->answers++;
            throw new \LogicException('again');
        });
        $this->manager->onEvent('One', function () { $this->heard++; });
        throw new \RuntimeException('from the logger');
    }
}
$simulator = new Simulator();
$logger = new Busy();
$manager = $simulator->ready([], [], logger: $logger);
$logger->manager = $manager;
$manager->onEvent('One', function () { throw new \DomainException(); });
$simulator->send('pbx1', ['One']);
// A callback that throws is told ten times a minute: so this comes to an end.
until($manager, fn () => $logger->answers === 10);
for ($i = 0; $i < 20; $i++) {
    $manager->tickAll(10);
}
$process = $manager->metrics()['process'];
var_dump($logger->answers, $process['log_failures'], $process['callback_failures'], $manager->default()->state());
$logger->manager = null;
$simulator->send('pbx1', ['One']);
until($manager, fn () => $logger->heard === 10);
var_dump($manager->default()->call(new GenericAction('Ping'))->get('Ping'));
?>
--EXPECT--
int(10)
int(10)
int(11)
enum(Apn\AmiClient\ConnectionState::Ready)
string(4) "Pong"
