<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Contracts\AmiClient;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Connections\ProcessConnections;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Testing\AssertsSentActions;
use Apn\AmiClient\Testing\FakeManager;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Queue\Events\Looping;
use Illuminate\Support\Facades\Facade;

final class FacadeTest extends TestCase
{
    public function test_each_method_of_the_contract_is_documented_with_its_arguments(): void
    {
        preg_match_all('/@method static (\S.*?) (\w+)\((.*)\)$/m', (string) (new \ReflectionClass(Ami::class))->getDocComment(), $found, \PREG_SET_ORDER);
        $documented = [];
        foreach ($found as [, , $name, $arguments]) {
            preg_match_all('/\$(\w+)(?: = (\S+?))?(?=,|$)/', $arguments, $parameters, \PREG_SET_ORDER);
            $documented[$name] = array_map(static fn(array $parameter): string => $parameter[1] . (isset($parameter[2]) ? " = $parameter[2]" : ''), $parameters);
        }
        $declared = [];
        foreach ([...(new \ReflectionClass(AmiClientManager::class))->getMethods(), ...$this->assertions()] as $method) {
            $declared[$method->getName()] = array_map(
                static fn(\ReflectionParameter $parameter): string => $parameter->getName()
                    . ($parameter->isDefaultValueAvailable() ? ' = ' . strtolower(var_export($parameter->getDefaultValue(), true)) : ''),
                $method->getParameters(),
            );
        }
        ksort($documented);
        ksort($declared);

        self::assertSame($declared, $documented);
    }

    public function test_each_documented_type_is_the_declared_one_or_says_more(): void
    {
        preg_match_all('/@method static (\S.*?) (\w+)\(/m', (string) (new \ReflectionClass(Ami::class))->getDocComment(), $found, \PREG_SET_ORDER);
        self::assertNotSame([], $found);
        foreach ($found as [, $type, $name]) {
            $class = method_exists(AmiClientManager::class, $name) ? AmiClientManager::class : FakeManager::class;
            $returned = (new \ReflectionMethod($class, $name))->getReturnType();
            self::assertInstanceOf(\ReflectionNamedType::class, $returned);
            $declared = $returned->getName() === 'static' ? $class : $returned->getName();
            $documented = preg_replace(['/^list<.*/', '/^array<.*/'], 'array', $type);
            self::assertSame(substr($declared, (int) strrpos("\\$declared", '\\')), $documented, $name);
        }
    }

    public function test_a_fake_takes_the_place_of_the_client_for_everybody(): void
    {
        $app = $this->boot(['ami-client.servers' => ['a' => ['host' => '192.0.2.1'], 'b' => ['host' => '192.0.2.2']], 'ami-client.default' => 'b']);

        $fake = Ami::fake(['Ping' => ['Ping' => 'Pong']]);

        self::assertSame($fake, $app->make(AmiClientManager::class));
        self::assertSame(['a', 'b'], Ami::serverKeys());
        self::assertSame('b', $app->make(AmiClient::class)->serverKey());
        self::assertSame('Pong', $app->make(ActionSender::class)->call(new GenericAction('Ping'))->get('Ping'));
        Ami::assertSent('Ping')->assertSentCount(1);
        Ami::assertNotSent('Originate');
        self::assertFalse($app->make(ProcessConnections::class)->isOpen());
    }

    public function test_a_fake_stays_when_a_worker_forgets_what_belongs_to_a_job(): void
    {
        $app = $this->app();
        $fake = Ami::fake();

        // As a queue worker does between jobs, which tests run, too.
        $app->forgetScopedInstances();
        Facade::clearResolvedInstances();
        $app->make(Dispatcher::class)->dispatch(new Looping('sync', 'default'));

        self::assertSame($fake, Ami::getFacadeRoot());
    }

    /** @return list<\ReflectionMethod> */
    private function assertions(): array
    {
        return array_values(array_filter(
            (new \ReflectionClass(AssertsSentActions::class))->getMethods(\ReflectionMethod::IS_PUBLIC),
            static fn(\ReflectionMethod $method): bool => !method_exists(AmiClientManager::class, $method->getName()),
        ));
    }
}
