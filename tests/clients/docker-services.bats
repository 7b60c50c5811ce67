load helpers
load docker

# What is built on docker: compose, swarm, buildx.  They ask a registry about images that are here; localhost has none and
# says so at once, others would be waited for.

setup_file()
{
	docker_box
}

need_plugin()
{
	docker "$1" version >/dev/null 2>&1 || skip "docker $1 is not installed"
}

@test "compose: up, health, secrets, limits, exec, scale, pause, down" {
	need_plugin compose
	# dockerd refuses limits where it has no cgroups for them.
	need_controller cpu memory pids
	mkdir -p "$W/tmp/project"
	cd "$W/tmp/project"
	echo hush >secret
	cat >compose.yaml <<-'EOT'
		services:
		  web:
		    image: localhost/box
		    command: sh -c 'echo page >/www/index.html; httpd -f -h /www -p 80'
		    healthcheck: { test: ["CMD", "wget", "-qO", "-", "http://127.0.0.1/"], interval: 1s, retries: 20 }
		    deploy: { resources: { limits: { memory: 64M, cpus: "0.5", pids: 50 } } }
		    read_only: true
		    tmpfs: [/www]
		    cap_drop: [ALL]
		    cap_add: [NET_BIND_SERVICE]
		    security_opt: [no-new-privileges:true]
		    secrets: [s]
		  client:
		    image: localhost/box
		    depends_on: { web: { condition: service_healthy } }
		    command: sh -c 'wget -q -O - http://web/; sleep 1000'
		    stop_grace_period: 1s
		secrets: { s: { file: ./secret } }
	EOT
	ok docker compose up -d
	logged()
	{
		docker compose logs client | grep page
	}
	wait_for logged
	ok docker compose exec -T web cat /run/secrets/s
	is hush
	ok docker compose up -d --scale client=3
	ok docker compose ps -q client
	[ "$(wc -l <<<"$output")" = 3 ]
	ok docker compose pause
	ok docker compose unpause
	ok docker compose down -t 1
}

@test "swarm: a service with a secret, limits, scaled, updated" {
	need_controller memory pids
	ok docker swarm init --advertise-addr 127.0.0.1
	ok docker secret create s - <<<hush
	ok docker service create -d --name service --secret s --replicas 2 --limit-memory 64m --limit-pids 40 \
		--endpoint-mode dnsrr --init --no-resolve-image localhost/box sleep 1000
	tasks()
	{
		docker ps -q --filter label=com.docker.swarm.service.name=service
	}
	running()
	{
		[ "$(tasks | wc -l)" = "$1" ]
	}
	wait_for running 2
	ok docker exec "$(tasks | head -n 1)" cat /run/secrets/s
	is hush
	ok docker service scale -d service=4
	wait_for running 4
	ok docker service update -d --env-add A=b --force service
	ok docker service rm service
	wait_for running 0
	ok docker swarm leave --force
}

@test "buildx: no network, tmpfs, here-documents, limits" {
	need_plugin buildx
	dockerfile <<-'EOT'
		FROM localhost/box
		RUN --network=none ls /sys/class/net >/net
		RUN --mount=type=tmpfs,target=/t df /t
		RUN <<E
		echo here >/here
		id -u >>/here
		ulimit -n >>/here
		E
		USER app
		WORKDIR /home/app
		RUN touch mine
	EOT
	ok docker buildx build --progress plain --load --ulimit nofile=300:300 --shm-size 3m -t kit "$W/tmp/build"
	ok docker run --rm kit sh -c 'cat /net /here; stat -c %u mine'
	is $'lo\nhere\n0\n300\n1234'
}
