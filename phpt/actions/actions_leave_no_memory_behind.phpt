--TEST--
Making actions and strategies, and being refused, leaves no memory behind
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Text implements \Stringable
{
    public function __toString(): string
    {
        return 'text';
    }
}

function round(): void
{
    $action = new GenericAction('Originate', ['Variable' => ['a=1', 'b=2'], 'X' => new Text(), 'N' => null], new EventList(completeEvents: ['A']));
    $action->headers();
    $action->name();
    $action->completionStrategy()->completeEvents();
    (new TickSummary(framesRead: 1))->hasProgress();
    foreach ([fn () => new GenericAction('x', ['X' => [[]]]), fn () => new GenericAction("\n"), fn () => new GenericAction('x', [], new \stdClass()),
        fn () => $action->__construct('y'), fn () => new EventList(completeEvents: [1]), fn () => new TickSummary(-1)] as $attempt) {
        try {
            $attempt();
        } catch (\Throwable $e) {
            $e->getMessage();
        }
    }
}

for ($i = 0; $i < 200; $i++) {
    round();
}
$before = memory_get_usage();
for ($i = 0; $i < 2000; $i++) {
    round();
}
var_dump(memory_get_usage() - $before);
?>
--EXPECT--
int(0)
